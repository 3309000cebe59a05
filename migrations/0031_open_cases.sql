-- What is left lying.

-- Open cases alone, oldest first: the leak report looks at all of a practice, of which most are closed.
CREATE INDEX care_case_running ON care_case (practice_id, opened_at) WHERE state <> 'closed';
