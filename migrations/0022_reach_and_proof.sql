-- The other channel where the first one was of no use, and a client who shows who they are before a check-in opens.

-- Why a message goes on this channel and not on the one of the message before it; none where it is the first choice.
ALTER TABLE message ADD COLUMN instead TEXT CHECK (instead IN ('unopened', 'not_arrived', 'not_possible'));

-- What a client is asked to show before a check-in opens, where a person chose something else than the practice's settings say;
-- their PIN; and how often somebody was wrong.
CREATE TABLE client_proof (
    practice_id     TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    -- None where the practice's choice holds.
    chosen          TEXT CHECK (chosen IN ('off', 'birth_date', 'pin')),
    -- Keyed hash of the client's id and the PIN: nobody can read it back, and equal PINs do not look alike.
    pin_index       TEXT,
    pin_set_at      TIMESTAMPTZ,
    -- Wrong tries since the last right one, and until when none is taken because of them.
    wrong           BIGINT NOT NULL DEFAULT 0,
    locked_until    TIMESTAMPTZ,
    PRIMARY KEY (practice_id, client_id),
    FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id)
);

-- A browser that pressed Start and has not shown yet whose it is. It is no device of the check-in: nothing can be seen or
-- answered with its cookie until the row has become one of table device.
CREATE TABLE device_claim (
    practice_id     TEXT NOT NULL,
    cookie_hash     TEXT NOT NULL,
    packet_id       TEXT NOT NULL,
    channel         TEXT CHECK (channel IN ('sms', 'email')),
    language        TEXT NOT NULL CHECK (language IN ('en', 'es')),
    claimed_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, cookie_hash),
    FOREIGN KEY (practice_id, packet_id) REFERENCES packet (practice_id, id)
);
CREATE UNIQUE INDEX device_claim_cookie ON device_claim (cookie_hash);
CREATE INDEX device_claim_packet ON device_claim (practice_id, packet_id);

-- Too many wrong tries are work for the front desk. The index names the column, so it is made again.
DROP INDEX task_open;
ALTER TABLE task ADD COLUMN kind_next TEXT NOT NULL DEFAULT 'undeliverable'
    CHECK (kind_next IN ('opted_out', 'inbound_text', 'undeliverable', 'unknown_outcome', 'amendment', 'look_alike', 'appointment_request', 'locked_out'));
UPDATE task SET kind_next = kind;
ALTER TABLE task DROP COLUMN kind;
ALTER TABLE task RENAME COLUMN kind_next TO kind;
CREATE UNIQUE INDEX task_open ON task (practice_id, kind, client_id) WHERE done_at IS NULL;
