-- A version of a protocol that is published ahead: it comes into force on a day of the practice's calendar. Until then new
-- courses begin under the version before it, and running ones keep theirs.

-- Scheduled: published, its day has not come. Withdrawn: taken back before its day; it never governed a course. A column's
-- CHECK is changed by putting a new column in its place.
ALTER TABLE protocol ADD COLUMN state_next TEXT NOT NULL DEFAULT 'current'
    CHECK (state_next IN ('scheduled', 'current', 'retired', 'withdrawn'));
UPDATE protocol SET state_next = state;
ALTER TABLE protocol DROP COLUMN state;
ALTER TABLE protocol RENAME COLUMN state_next TO state;
-- The day in the practice's zone on which it comes into force; none where it was in force when it was published. A day and
-- not an instant: a practice that changes its zone meant the day.
ALTER TABLE protocol ADD COLUMN in_force_from DATE;
-- Why running courses move to it at their first session from that day on, and who decided so and when; none where they keep
-- theirs. On the day it becomes a row of protocol_change for each of them.
ALTER TABLE protocol ADD COLUMN move_reason_sealed BYTEA;
ALTER TABLE protocol ADD COLUMN move_decided_at TIMESTAMPTZ;
ALTER TABLE protocol ADD COLUMN move_decided_by TEXT;
-- One at a time waits under a name.
CREATE UNIQUE INDEX protocol_scheduled ON protocol (practice_id, name) WHERE state = 'scheduled';
