-- What reaches a client: the practice's own words, and what is asked when.

-- A practice's own words for a message. A version never changes, so that what was sent can be read back; taking a version
-- back brings the words that come with the product into force again.
CREATE TABLE message_template (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    id              TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('invite', 'reminder', 'appointment', 'help', 'not_monitored')),
    language        TEXT NOT NULL CHECK (language IN ('en', 'es')),
    channel         TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    version         BIGINT NOT NULL,
    -- Of a mail.
    subject         TEXT,
    -- With placeholders in braces (care::message_template): none of them can carry anything about a client.
    body            TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('current', 'retired')),
    created_at      TIMESTAMPTZ NOT NULL,
    created_by      TEXT NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, kind, language, channel, version),
    CHECK ((channel = 'email') = (subject IS NOT NULL))
);
CREATE UNIQUE INDEX message_template_current ON message_template (practice_id, kind, language, channel) WHERE state = 'current';

-- How much a version asks of one client in seven days at most; none where there is no limit.
ALTER TABLE protocol ADD COLUMN budget_items BIGINT;
ALTER TABLE protocol ADD COLUMN budget_seconds BIGINT;

-- One client is asked something else than the protocol says.
CREATE TABLE protocol_exception (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    -- care::protocol::Exception: {"what": "skip", "instrument": "gad-7"}
    what            JSONB NOT NULL,
    -- In the clinician's words.
    reason_sealed   BYTEA NOT NULL,
    -- The last day on which it holds.
    until_day       DATE,
    decided_at      TIMESTAMPTZ NOT NULL,
    decided_by      TEXT NOT NULL,
    ended_at        TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id)
);
CREATE INDEX protocol_exception_episode ON protocol_exception (practice_id, episode_id);

-- A running episode moves to another version at its next session.
CREATE TABLE protocol_change (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    before_id       TEXT NOT NULL,
    after_id        TEXT NOT NULL,
    reason_sealed   BYTEA NOT NULL,
    decided_at      TIMESTAMPTZ NOT NULL,
    decided_by      TEXT NOT NULL,
    -- None while it waits for the session.
    applied_at      TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id)
);
-- At most one waits: a later decision takes the place of an earlier one.
CREATE UNIQUE INDEX protocol_change_waiting ON protocol_change (practice_id, episode_id) WHERE applied_at IS NULL;
CREATE INDEX protocol_change_episode ON protocol_change (practice_id, episode_id, decided_at);

-- Check-ins at the end of a course, after it, and about an event: three more occasions. A column's CHECK is changed by
-- putting a new column in its place, which both databases do in the same words.
ALTER TABLE packet ADD COLUMN occasion_next TEXT NOT NULL DEFAULT 'regular'
    CHECK (occasion_next IN ('intake', 'before_session', 'after_session', 'regular', 'on_request', 'event', 'discharge', 'follow_up'));
UPDATE packet SET occasion_next = occasion;
ALTER TABLE packet DROP COLUMN occasion;
ALTER TABLE packet RENAME COLUMN occasion_next TO occasion;
