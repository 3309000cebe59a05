-- Look-ups of pages that are opened all day, which otherwise walk through everything a practice has.

-- Whom a case was told to: their list of today asks for it.
CREATE INDEX message_staff ON message (practice_id, staff_id, due_at) WHERE staff_id IS NOT NULL;
-- A client's sessions, and who had an episode when: the client's page.
CREATE INDEX appointment_client ON appointment (practice_id, client_id, starts_at);
CREATE INDEX assignment_episode ON assignment (practice_id, episode_id, starts_at);
