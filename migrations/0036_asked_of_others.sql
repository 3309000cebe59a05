-- What a protocol asks of somebody other than the client: the clinician, or a person close to the client who was agreed to. It is
-- there so that the clinician sees in time what to rate or to hand out; nothing is sent because of it.
CREATE TABLE rater_request (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    rater           TEXT NOT NULL CHECK (rater IN ('caregiver', 'clinician')),
    -- Who is to answer, where it is somebody close to the client.
    collateral_id   TEXT,
    instrument      TEXT NOT NULL,
    -- What makes it unique for this person and instrument, as for a check-in: before:<appointment>, regular:<day> …
    slot            TEXT NOT NULL,
    occasion        TEXT NOT NULL,
    appointment_id  TEXT,
    state           TEXT NOT NULL CHECK (state IN ('planned', 'answered', 'withdrawn')),
    due_at          TIMESTAMPTZ NOT NULL,
    -- What was not answered by then is not waited for any more.
    ends_at         TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id),
    FOREIGN KEY (practice_id, collateral_id) REFERENCES collateral (practice_id, id),
    CHECK ((rater = 'caregiver') = (collateral_id IS NOT NULL))
);
CREATE UNIQUE INDEX rater_request_slot ON rater_request (practice_id, episode_id, rater, COALESCE(collateral_id, ''), instrument, slot);
CREATE INDEX rater_request_episode ON rater_request (practice_id, episode_id);
