-- What may help where a domain of the support check is low: a practice's versions of the list, the newest in force. A list to think
-- with, about no client, and not sealed.
CREATE TABLE support_suggestions (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    version         BIGINT NOT NULL,
    -- Domain, language, text and source of each, in the order shown.
    suggestions     JSONB NOT NULL,
    why             TEXT NOT NULL,
    saved_at        TIMESTAMPTZ NOT NULL,
    saved_by        TEXT NOT NULL,
    PRIMARY KEY (practice_id, version),
    FOREIGN KEY (practice_id, saved_by) REFERENCES staff (practice_id, id)
);
