-- Stepped screening, and goals in clients' own words.

-- A longer questionnaire that a check-in goes on to because a screening questionnaire in it called for it. It stands in
-- `packet.asked` too; this row says that it was not planned, so that it goes again when the answers no longer call for it.
CREATE TABLE packet_step (
    practice_id     TEXT NOT NULL,
    packet_id       TEXT NOT NULL,
    -- What was added.
    instrument      TEXT NOT NULL,
    -- The screening questionnaire that called for it.
    called_by       TEXT NOT NULL,
    added_at        TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, packet_id, instrument),
    FOREIGN KEY (practice_id, packet_id) REFERENCES packet (practice_id, id)
);

-- A goal that client and clinician agreed on for a course of therapy.
CREATE TABLE goal (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    -- 1, 2, 3 … within the course, never given again.
    number          BIGINT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('active', 'reached', 'dropped')),
    ended_at        TIMESTAMPTZ,
    ended_by        TEXT,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, episode_id, number),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id)
);
CREATE INDEX goal_client ON goal (practice_id, client_id);

-- Its words. Other words are another version; ratings stay with the words they were given to.
CREATE TABLE goal_wording (
    practice_id     TEXT NOT NULL,
    goal_id         TEXT NOT NULL,
    version         BIGINT NOT NULL,
    text_sealed     BYTEA NOT NULL,
    -- When the client agreed to these words, and who wrote them down with them.
    agreed_at       TIMESTAMPTZ NOT NULL,
    agreed_with     TEXT NOT NULL,
    PRIMARY KEY (practice_id, goal_id, version),
    FOREIGN KEY (practice_id, goal_id) REFERENCES goal (practice_id, id)
);

-- How near the client says they are to it, 0 to 10, and the words that was said about. No figure of it is ever added up.
CREATE TABLE goal_rating (
    practice_id     TEXT NOT NULL,
    goal_id         TEXT NOT NULL,
    rated_at        TIMESTAMPTZ NOT NULL,
    version         BIGINT NOT NULL,
    rating          BIGINT NOT NULL CHECK (rating BETWEEN 0 AND 10),
    -- Who wrote it down.
    entered_by      TEXT NOT NULL,
    PRIMARY KEY (practice_id, goal_id, rated_at),
    FOREIGN KEY (practice_id, goal_id, version) REFERENCES goal_wording (practice_id, goal_id, version)
);
