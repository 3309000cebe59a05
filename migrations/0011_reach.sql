-- Getting to a client and hearing from them: the tablet in the waiting room, reminders of appointments, contacts at which
-- nothing arrives.

-- A tablet in a waiting room. It is paired once with a code that works for an hour; from then on its cookie says who it is.
CREATE TABLE kiosk (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    site_id         TEXT NOT NULL,
    name            TEXT NOT NULL,
    -- Keyed hash of the pairing code; none once it was used.
    pairing_index   TEXT,
    pairing_until   TIMESTAMPTZ,
    -- Hash of the cookie; none before pairing.
    token_hash      TEXT,
    -- Wrong codes in a row, and until when it takes none because of them.
    wrong           BIGINT NOT NULL DEFAULT 0,
    locked_until    TIMESTAMPTZ,
    created_at      TIMESTAMPTZ NOT NULL,
    revoked_at      TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, site_id) REFERENCES site (practice_id, id)
);
CREATE UNIQUE INDEX kiosk_pairing ON kiosk (pairing_index) WHERE pairing_index IS NOT NULL;
CREATE UNIQUE INDEX kiosk_token ON kiosk (token_hash) WHERE token_hash IS NOT NULL;

-- A code that opens a check-in on a kiosk: of one check-in, or a client's own that stays until it is taken back.
CREATE TABLE kiosk_code (
    practice_id     TEXT NOT NULL,
    -- Keyed hash of the code.
    code_index      TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    -- None for a standing code.
    packet_id       TEXT,
    expires_at      TIMESTAMPTZ,
    created_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, code_index),
    FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id)
);
-- One standing code per client: a new one takes the place of the old.
CREATE UNIQUE INDEX kiosk_code_standing ON kiosk_code (practice_id, client_id) WHERE packet_id IS NULL;

-- A text or a mail may be a reminder of an appointment. A column's CHECK is changed by putting a new column in its place.
ALTER TABLE message ADD COLUMN kind_next TEXT NOT NULL DEFAULT 'invite'
    CHECK (kind_next IN ('invite', 'reminder', 'appointment', 'new_link', 'case_notice', 'risk_notice', 'escalation', 'staff_invite', 'auto_reply'));
UPDATE message SET kind_next = kind;
ALTER TABLE message DROP COLUMN kind;
ALTER TABLE message RENAME COLUMN kind_next TO kind;

-- Which appointment a message is about, and its links.
CREATE TABLE appointment_notice (
    practice_id         TEXT NOT NULL,
    message_id          TEXT NOT NULL,
    appointment_id      TEXT NOT NULL,
    -- The start it was planned for: when the appointment has another by now, the message is not sent and its link is dead.
    starts_at           TIMESTAMPTZ NOT NULL,
    -- Hashes of the two links; none before the first attempt.
    token_hash          TEXT,
    unsubscribe_hash    TEXT,
    -- Kept until the message has gone, then wiped.
    token_sealed        BYTEA,
    unsubscribe_sealed  BYTEA,
    PRIMARY KEY (practice_id, message_id),
    FOREIGN KEY (practice_id, message_id) REFERENCES message (practice_id, id),
    FOREIGN KEY (practice_id, appointment_id) REFERENCES appointment (practice_id, id)
);
CREATE UNIQUE INDEX appointment_notice_token ON appointment_notice (token_hash) WHERE token_hash IS NOT NULL;
CREATE UNIQUE INDEX appointment_notice_unsubscribe ON appointment_notice (unsubscribe_hash) WHERE unsubscribe_hash IS NOT NULL;
CREATE INDEX appointment_notice_appointment ON appointment_notice (practice_id, appointment_id);

-- What the client said to a reminder: the latest of each start counts, and the audit has them all.
CREATE TABLE appointment_reply (
    practice_id     TEXT NOT NULL,
    appointment_id  TEXT NOT NULL,
    starts_at       TIMESTAMPTZ NOT NULL,
    reply           TEXT NOT NULL CHECK (reply IN ('confirmed', 'cancelled', 'rebook', 'video')),
    replied_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, appointment_id, starts_at),
    FOREIGN KEY (practice_id, appointment_id) REFERENCES appointment (practice_id, id)
);

-- A client's answer to a reminder is work for the front desk. The index names the column, so it is made again.
DROP INDEX task_open;
ALTER TABLE task ADD COLUMN kind_next TEXT NOT NULL DEFAULT 'undeliverable'
    CHECK (kind_next IN ('opted_out', 'inbound_text', 'undeliverable', 'unknown_outcome', 'amendment', 'look_alike', 'appointment_request'));
UPDATE task SET kind_next = kind;
ALTER TABLE task DROP COLUMN kind;
ALTER TABLE task RENAME COLUMN kind_next TO kind;
CREATE UNIQUE INDEX task_open ON task (practice_id, kind, client_id) WHERE done_at IS NULL;

-- A number or address at which nothing arrives, by its keyed index, for whoever shares it. Nothing is sent there until a
-- person puts the contact right.
CREATE TABLE unusable_contact (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    channel         TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    contact_index   TEXT NOT NULL,
    reason          TEXT NOT NULL CHECK (reason IN ('unreachable', 'unknown_number', 'landline', 'filtered', 'no_mailbox', 'wrong_person')),
    -- The provider's code, where one said so.
    code            TEXT,
    since           TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, channel, contact_index)
);
