-- What is due is found without walking over all that was ever sent, planned or done.

-- One index for each of the questions that the delivery asks every second.
DROP INDEX message_due;
CREATE INDEX message_to_staff ON message (due_at, id) WHERE state = 'planned' AND staff_id IS NOT NULL;
CREATE INDEX message_to_client ON message (due_at, id) WHERE state = 'planned' AND staff_id IS NULL;
CREATE INDEX message_under_way ON message (lease_until) WHERE state = 'sending';

-- What was set aside, for the operator's counters.
CREATE INDEX job_parked ON job (queue) WHERE state = 'parked';

-- Everything a person has had to look after: how many alerts they had lately.
CREATE INDEX care_case_of ON care_case (practice_id, owner_id);
