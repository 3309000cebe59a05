-- What an administrator runs a practice with. Columns first, then tables; the rules of the schema are 0002's.

-- Raised at every change: two people who edit one client do not overwrite one another.
ALTER TABLE client ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;

-- Who sent the latest invitation: the mail names them.
ALTER TABLE staff ADD COLUMN invited_by TEXT;

-- A resource of one site only, shown before those of the whole practice; without one it is everybody's.
ALTER TABLE crisis_resource ADD COLUMN site_id TEXT;

-- What clients are told before they agree to messages: read out or printed by staff. A published version never changes;
-- each consent names the version it was given to.
CREATE TABLE consent_wording (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    -- As it is printed on paper, such as '2026-03'.
    version         TEXT NOT NULL,
    language        TEXT NOT NULL CHECK (language IN ('en', 'es')),
    body            TEXT NOT NULL,
    published_at    TIMESTAMPTZ NOT NULL,
    published_by    TEXT,
    PRIMARY KEY (practice_id, version, language)
);

-- A file from another system that a person uploaded: looked at first, then applied, and for an hour undone if it was wrong.
CREATE TABLE import_run (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    id              TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('clients', 'appointments')),
    -- 'applying' and 'undoing' are what a run is found in that was interrupted; both may go on.
    state           TEXT NOT NULL CHECK (state IN ('uploaded', 'applying', 'applied', 'undoing', 'undone')),
    -- The file; wiped when it has been applied, or with the next night.
    file_sealed     BYTEA,
    -- What the person said of it: site, order of dates, consent wording, columns.
    choices         JSONB NOT NULL,
    uploaded_at     TIMESTAMPTZ NOT NULL,
    uploaded_by     TEXT NOT NULL,
    applied_at      TIMESTAMPTZ,
    created         BIGINT NOT NULL DEFAULT 0,
    changed         BIGINT NOT NULL DEFAULT 0,
    rejected        BIGINT NOT NULL DEFAULT 0,
    -- What an undo left as it is, because somebody had gone on with it.
    kept            BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (practice_id, id)
);

-- What a run did, row by row, so that it can be taken back; gone when the hour is over.
CREATE TABLE import_change (
    practice_id     TEXT NOT NULL,
    run_id          TEXT NOT NULL,
    seq             BIGINT NOT NULL,
    what            TEXT NOT NULL CHECK (what IN ('client_created', 'client_changed', 'consent_created', 'episode_begun', 'appointment_created', 'appointment_changed')),
    subject_id      TEXT NOT NULL,
    -- The client or appointment before, as JSON.
    before_sealed   BYTEA,
    -- The client's revision after: an undo does not overwrite what a person saved since.
    revision        BIGINT,
    -- Names of the fields that changed.
    fields          JSONB NOT NULL,
    PRIMARY KEY (practice_id, run_id, seq),
    FOREIGN KEY (practice_id, run_id) REFERENCES import_run (practice_id, id)
);

-- The practice's programmes and payers. An entry that episodes have is retired, never deleted.
CREATE TABLE placement (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    id              TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('programme', 'payer')),
    name            TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('active', 'retired')),
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, kind, name)
);
-- Where a course of therapy belongs, and who pays for it.
ALTER TABLE episode ADD COLUMN programme_id TEXT;
ALTER TABLE episode ADD COLUMN payer_id TEXT;
