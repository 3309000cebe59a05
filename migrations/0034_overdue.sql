-- What is overdue and nobody has taken up.

-- Reasons that are not about danger have a ladder too: one call, when they are due. Those that wait get theirs, but for what was
-- overdue before the last thing that happened here: that has long been on the supervisor's page, and is no news all at once.
INSERT INTO ladder_rung (practice_id, reason_id, rung, tier, due_at)
SELECT r.practice_id, r.id, 0, 1, r.due_at
FROM case_reason r
JOIN care_case c ON c.practice_id = r.practice_id AND c.id = r.case_id
WHERE r.acknowledged_at IS NULL AND r.rule <> 'risk_item' AND c.state = 'open' AND r.due_at > (
    SELECT a.at FROM audit a JOIN audit_head h ON h.practice_id = a.practice_id AND h.seq = a.seq
    WHERE a.practice_id = r.practice_id
)
ON CONFLICT DO NOTHING;
