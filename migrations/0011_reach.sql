-- Getting to a client and hearing from them: the tablet in the waiting room.

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
