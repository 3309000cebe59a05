-- What the operator needs of the database: whether this is a copy that must not write to clients yet, which backups were
-- made, and which keys have been superseded. About the platform and not about a practice, hence without practice_id.

-- A restored or imported copy holds messages that its source may have sent after the copy was taken. While this row is
-- there, no message to a client leaves; alarms to staff do. At most one row.
CREATE TABLE fence (
    id              TEXT PRIMARY KEY CHECK (id = 'instance'),
    origin          TEXT NOT NULL CHECK (origin IN ('restore', 'import')),
    -- The state of the source that the copy holds.
    taken_at        TIMESTAMPTZ NOT NULL,
    -- When the copy was put here: what was due until then may have been sent by the source.
    since           TIMESTAMPTZ NOT NULL
);

-- Backups that were completed: an operator asks "when was the last one?", and the schedule asks it too.
CREATE TABLE backup (
    -- The file's name without its folder.
    name            TEXT PRIMARY KEY,
    -- The state of the database that it holds.
    taken_at        TIMESTAMPTZ NOT NULL,
    ended_at        TIMESTAMPTZ NOT NULL,
    bytes           BIGINT NOT NULL,
    row_count       BIGINT NOT NULL,
    -- The key it was sealed with: that key must be kept for as long as the file is.
    key_id          TEXT NOT NULL
);
CREATE INDEX backup_taken ON backup (taken_at);

-- Since when another key seals. A superseded key can be retired once nothing is sealed with it any more and every running
-- program has had the time to notice.
ALTER TABLE instance ADD COLUMN superseded_at TIMESTAMPTZ;
