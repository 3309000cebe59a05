-- Clients' goals within the check-in, and what others say about a client.

-- A goal that a check-in asks about. The rows are there from the moment it is begun: which goals were followed then, in which
-- words. So the questions keep their numbers while they are answered, on whatever device, and a goal that is reworded or ended
-- meanwhile is rated in the words that were shown. Once the check-in is handed in the row is a rating of the goal.
CREATE TABLE packet_goal (
    practice_id     TEXT NOT NULL,
    packet_id       TEXT NOT NULL,
    goal_id         TEXT NOT NULL,
    -- The goal's number in the course: the order in which they are asked, and what the page calls them by.
    number          BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    -- How near the client says they are to it, 0 to 10; none where they preferred not to say.
    rating          BIGINT CHECK (rating BETWEEN 0 AND 10),
    -- When it was answered, the last time; none while it was not.
    answered_at     TIMESTAMPTZ,
    -- Which browser answered it: no other one is shown the answer.
    device_id       TEXT,
    PRIMARY KEY (practice_id, packet_id, goal_id),
    FOREIGN KEY (practice_id, packet_id) REFERENCES packet (practice_id, id),
    FOREIGN KEY (practice_id, goal_id, version) REFERENCES goal_wording (practice_id, goal_id, version)
);
CREATE INDEX packet_goal_rated ON packet_goal (practice_id, goal_id);

-- What others say about a client.

-- Somebody close to a client who is asked how the client is doing: a parent, a partner.
CREATE TABLE collateral (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    name_sealed     BYTEA NOT NULL,
    -- Number or address, as staff wrote it down; nothing is sent to it.
    contact_sealed  BYTEA,
    relation        TEXT NOT NULL CHECK (relation IN ('parent', 'partner', 'relative', 'caregiver', 'teacher', 'other')),
    language        TEXT NOT NULL,
    -- When the client, or who decides for them, agreed that this person is asked, and who wrote that down.
    agreed_at       TIMESTAMPTZ NOT NULL,
    agreed_with     TEXT NOT NULL,
    -- From then on the person is no longer asked; links handed out to them open nothing any more.
    ended_at        TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id)
);
CREATE INDEX collateral_client ON collateral (practice_id, client_id);

-- A questionnaire about a client that somebody else answered. It is no response: no baseline, running sum, signal, model or
-- outcome reads this table.
CREATE TABLE rater_form (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    rater           TEXT NOT NULL CHECK (rater IN ('caregiver', 'clinician')),
    -- Who answered, where it is somebody close to the client.
    collateral_id   TEXT,
    -- Who answered as the clinician, or who entered what the other person wrote on paper; none where they answered by link.
    entered_by      TEXT,
    instrument      TEXT NOT NULL,
    version         TEXT NOT NULL,
    answers         JSONB NOT NULL,
    -- The number of sessions begun by then, from 1: the axis of the scores.
    session         BIGINT NOT NULL,
    rated_at        TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id),
    FOREIGN KEY (practice_id, collateral_id) REFERENCES collateral (practice_id, id),
    CHECK ((rater = 'caregiver') = (collateral_id IS NOT NULL))
);
CREATE INDEX rater_form_episode ON rater_form (practice_id, episode_id, rated_at);

-- A link handed to such a person for one questionnaire, once. Found by its token alone.
CREATE TABLE rater_link (
    token_hash      TEXT NOT NULL,
    practice_id     TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    collateral_id   TEXT NOT NULL,
    instrument      TEXT NOT NULL,
    version         TEXT NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL,
    created_by      TEXT NOT NULL,
    expires_at      TIMESTAMPTZ NOT NULL,
    -- When the answers came.
    used_at         TIMESTAMPTZ,
    PRIMARY KEY (practice_id, token_hash),
    FOREIGN KEY (practice_id, collateral_id) REFERENCES collateral (practice_id, id)
);
CREATE UNIQUE INDEX rater_link_token ON rater_link (token_hash);
