-- Several protocols may be in force, each under a name of its own. One of them is what a course begins under where nobody
-- chooses: before there was a choice, the one whose name was published first.
ALTER TABLE protocol ADD COLUMN is_default BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE protocol SET is_default = TRUE WHERE state = 'current' AND id = (
    SELECT p.id FROM protocol p WHERE p.practice_id = protocol.practice_id AND p.state = 'current'
    ORDER BY (SELECT min(f.created_at) FROM protocol f WHERE f.practice_id = p.practice_id AND f.name = p.name), p.id
    LIMIT 1
);
-- One for a practice.
CREATE UNIQUE INDEX protocol_default ON protocol (practice_id) WHERE is_default;

-- How often the provider was asked what became of a text it took and has said nothing of since: a report can be lost.
ALTER TABLE message ADD COLUMN times_asked BIGINT NOT NULL DEFAULT 0;
CREATE INDEX message_silent ON message (times_asked, sent_at)
    WHERE state = 'sent' AND channel = 'sms' AND client_id IS NOT NULL AND provider_id IS NOT NULL;

-- Messages to clients are taken practice by practice, so that one practice's many hold up nobody else's few.
DROP INDEX message_to_client;
CREATE INDEX message_in_turn ON message (practice_id, due_at, id) WHERE state = 'planned' AND staff_id IS NULL;
