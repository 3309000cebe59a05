-- A site may send the check-in before a session earlier or later than the rest of the practice: hours before the session's start;
-- none where it goes by the practice's.
ALTER TABLE site ADD COLUMN before_session_hours BIGINT CHECK (before_session_hours BETWEEN 1 AND 168);
