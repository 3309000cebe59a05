-- What one client is shown of their own course, where a person chose something else than the practice's settings say.
CREATE TABLE client_progress (
    practice_id     TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    shown           TEXT NOT NULL CHECK (shown IN ('nothing', 'symptoms')),
    -- Who chose, and when.
    chosen_by       TEXT NOT NULL,
    chosen_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, client_id),
    FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
    FOREIGN KEY (practice_id, chosen_by) REFERENCES staff (practice_id, id)
);
