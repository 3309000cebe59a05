-- What a sitting asks and who answers it: questionnaires that a screening went on to, goals in the client's own words, and
-- answers of somebody else about the client.

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

-- Who answers a check-in, where it is not the client: said when the check-in is begun.
CREATE TABLE packet_rater (
    practice_id     TEXT NOT NULL,
    packet_id       TEXT NOT NULL,
    rater           TEXT NOT NULL CHECK (rater IN ('client', 'caregiver', 'clinician')),
    said_at         TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, packet_id),
    FOREIGN KEY (practice_id, packet_id) REFERENCES packet (practice_id, id)
);

-- Who gave the answers. All before this column were taken as the client's.
ALTER TABLE response ADD COLUMN rater TEXT NOT NULL DEFAULT 'client' CHECK (rater IN ('client', 'caregiver', 'clinician'));

-- Scores from what somebody else said about the client. They stand apart from `score`, so that nothing that adds up scores
-- (baselines, running sums, detection, models, outcomes) can take one for the client's own.
CREATE TABLE other_score (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    response_id     TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    instrument      TEXT NOT NULL,
    version         TEXT NOT NULL,
    scale           TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('valid', 'prorated', 'invalid')),
    value           DOUBLE PRECISION,
    exact           DOUBLE PRECISION,
    answered        BIGINT NOT NULL,
    missing         BIGINT NOT NULL,
    band            TEXT,
    session         BIGINT NOT NULL,
    at              TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, response_id, instrument, scale),
    FOREIGN KEY (practice_id, response_id) REFERENCES response (practice_id, id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id),
    CHECK ((state = 'invalid') = (value IS NULL))
);
CREATE INDEX other_score_episode ON other_score (practice_id, episode_id, at);

-- A goal that client and clinician agreed on for a course of therapy.
CREATE TABLE goal (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    -- 1, 2, 3 … within the course, never given again: the item of the check-in that asks about it.
    number          BIGINT NOT NULL CHECK (number BETWEEN 1 AND 9),
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

-- How near the client says they are to it, 0 to 10.
CREATE TABLE goal_rating (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    goal_id         TEXT NOT NULL,
    -- The words it was given to.
    version         BIGINT NOT NULL,
    -- The check-in it was given in; none where it was said in a session.
    response_id     TEXT,
    rating          BIGINT NOT NULL CHECK (rating BETWEEN 0 AND 10),
    rated_at        TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, goal_id, response_id),
    FOREIGN KEY (practice_id, goal_id) REFERENCES goal (practice_id, id),
    FOREIGN KEY (practice_id, response_id) REFERENCES response (practice_id, id)
);
