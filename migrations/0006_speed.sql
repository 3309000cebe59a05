-- Look-ups that walked a practice's whole table.

-- Who has this address? Asked when mail comes back and when two records may be one person.
CREATE INDEX client_email ON client (practice_id, email_index) WHERE email_index IS NOT NULL;
-- The day's sessions of the whole practice, whoever holds them.
CREATE INDEX appointment_starts ON appointment (practice_id, starts_at);
