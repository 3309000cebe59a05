-- The scores of one scale of a course by themselves, in the order they were given: what a line of a list draws. It takes the place of
-- the index of all scores of a course, of which it is a finer one.
CREATE INDEX score_series ON score (practice_id, episode_id, instrument, scale, at);
DROP INDEX score_episode;

-- Which check-ins of a course were handed in and which were missed, without reading what they asked.
CREATE INDEX packet_missed ON packet (practice_id, episode_id, completed_at, send_at, state, sent_at)
    WHERE state = 'completed' OR (state = 'expired' AND sent_at IS NOT NULL);

-- How many sessions a course had, counted in the index alone. It takes the place of the same index without the state.
CREATE INDEX appointment_course ON appointment (practice_id, episode_id, starts_at, state);
DROP INDEX appointment_episode;
