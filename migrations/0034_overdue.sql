-- What is overdue and nobody has taken up.

-- Reasons that are not about danger have a ladder too: one call, when they are due. Those that wait already get theirs.
INSERT INTO ladder_rung (practice_id, reason_id, rung, tier, due_at)
SELECT r.practice_id, r.id, 0, 1, r.due_at
FROM case_reason r
JOIN care_case c ON c.practice_id = r.practice_id AND c.id = r.case_id
WHERE r.acknowledged_at IS NULL AND r.rule <> 'risk_item' AND c.state = 'open'
ON CONFLICT DO NOTHING;
