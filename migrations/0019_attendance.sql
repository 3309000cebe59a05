-- Attendance counted, outreach after missed sessions, and how many clients a clinician takes.

-- The attendance page adds sessions up by time and state without reading their rows.
CREATE INDEX appointment_counted ON appointment (practice_id, starts_at, state, clinician_id, site_id, episode_id);
-- Sessions that took place, counted course by course.
CREATE INDEX appointment_held ON appointment (practice_id, episode_id) WHERE state = 'attended';
CREATE INDEX episode_began ON episode (practice_id, started_on);
-- Courses that nobody has yet: new referrals.
CREATE INDEX episode_running ON episode (practice_id, id) WHERE state = 'open';

-- Somebody is to get in touch with a client who missed two sessions running.
CREATE TABLE outreach (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    -- The missed session that raised it.
    appointment_id  TEXT NOT NULL,
    owner_id        TEXT NOT NULL,
    raised_at       TIMESTAMPTZ NOT NULL,
    due_at          TIMESTAMPTZ NOT NULL,
    closed_at       TIMESTAMPTZ,
    -- None where it closed by itself.
    closed_by       TEXT,
    outcome         TEXT CHECK (outcome IN ('reached', 'rebooked', 'wants_break', 'discharged', 'not_reached', 'kept', 'corrected')),
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id),
    FOREIGN KEY (practice_id, owner_id) REFERENCES staff (practice_id, id),
    CHECK ((closed_at IS NULL) = (outcome IS NULL))
);
-- One at a time for a course of therapy.
CREATE UNIQUE INDEX outreach_open ON outreach (practice_id, episode_id) WHERE closed_at IS NULL;
CREATE INDEX outreach_episode ON outreach (practice_id, episode_id, raised_at);
CREATE INDEX outreach_closed ON outreach (practice_id, closed_at);

-- Every try to get in touch.
CREATE TABLE outreach_try (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    outreach_id     TEXT NOT NULL,
    at              TIMESTAMPTZ NOT NULL,
    by_id           TEXT NOT NULL,
    result          TEXT NOT NULL CHECK (result IN ('no_answer', 'left_message', 'wrote')),
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, outreach_id) REFERENCES outreach (practice_id, id)
);
CREATE INDEX outreach_try_of ON outreach_try (practice_id, outreach_id, at);

-- How many clients a clinician takes at most, each cap on its own. A new decision ends the one before; all of them stay.
CREATE TABLE capacity (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    clinician_id    TEXT NOT NULL,
    max_clients     BIGINT,
    -- Sessions of one week.
    max_sessions    BIGINT,
    -- Sum of the acuity weights of the clients.
    max_weight      BIGINT,
    set_at          TIMESTAMPTZ NOT NULL,
    set_by          TEXT NOT NULL,
    replaced_at     TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, clinician_id) REFERENCES staff (practice_id, id),
    FOREIGN KEY (practice_id, set_by) REFERENCES staff (practice_id, id)
);
CREATE UNIQUE INDEX capacity_holds ON capacity (practice_id, clinician_id) WHERE replaced_at IS NULL;

-- A clinician takes nobody new for now. Why is theirs to say, and sealed.
CREATE TABLE intake_pause (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    clinician_id    TEXT NOT NULL,
    reason_sealed   BYTEA NOT NULL,
    began_at        TIMESTAMPTZ NOT NULL,
    ended_at        TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, clinician_id) REFERENCES staff (practice_id, id)
);
CREATE UNIQUE INDEX intake_pause_holds ON intake_pause (practice_id, clinician_id) WHERE ended_at IS NULL;

-- The owner of the practice asks a clinician to take one client more than the caps or a pause allow. It serves once.
CREATE TABLE capacity_override (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    clinician_id    TEXT NOT NULL,
    granted_by      TEXT NOT NULL,
    granted_at      TIMESTAMPTZ NOT NULL,
    reason_sealed   BYTEA NOT NULL,
    -- For which course it has served, and when.
    used_for        TEXT,
    used_at         TIMESTAMPTZ,
    withdrawn_at    TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, clinician_id) REFERENCES staff (practice_id, id),
    FOREIGN KEY (practice_id, granted_by) REFERENCES staff (practice_id, id),
    CHECK ((used_for IS NULL) = (used_at IS NULL))
);
CREATE INDEX capacity_override_of ON capacity_override (practice_id, clinician_id, granted_at);

-- What part of a clinician's clients one payer should pay for at most, in percent. A new decision ends the one before.
CREATE TABLE payer_target (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    payer_id        TEXT NOT NULL,
    at_most         BIGINT,
    set_at          TIMESTAMPTZ NOT NULL,
    set_by          TEXT NOT NULL,
    replaced_at     TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, payer_id) REFERENCES placement (practice_id, id),
    FOREIGN KEY (practice_id, set_by) REFERENCES staff (practice_id, id)
);
CREATE UNIQUE INDEX payer_target_holds ON payer_target (practice_id, payer_id) WHERE replaced_at IS NULL;
