-- Look-ups that every submission makes. Without these, each of them read all the reasons the practice ever had.

-- The reasons an episode's cases had, closed ones included; a client's cases.
CREATE INDEX care_case_episode ON care_case (practice_id, episode_id);
CREATE INDEX care_case_client ON care_case (practice_id, client_id);
-- The reasons that arose in one check-in.
CREATE INDEX case_reason_packet ON case_reason (practice_id, packet_id) WHERE packet_id IS NOT NULL;
