-- Who was asked why they stopped coming, in a span of time: a handful among all the check-ins of a practice.

CREATE INDEX packet_exit ON packet (practice_id, sent_at) WHERE slot = 'exit';
