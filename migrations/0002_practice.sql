-- The practice, its people, its clients and everything that happens to them.
--
-- House rules of the schema: every key begins with practice_id; ids are the text of a UUID version 7; instants are
-- TIMESTAMPTZ and only ever UTC; states are TEXT with a CHECK; a column that ends in _sealed holds text encrypted with
-- the practice's key (associated data: table, column, row); a column that ends in _index is a keyed hash for exact look-up.

CREATE TABLE practice (
    id              TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    -- What clients see and what messages are signed with. Neutral: no hint of a condition.
    display_name    TEXT NOT NULL,
    phone           TEXT NOT NULL,
    language        TEXT NOT NULL CHECK (language IN ('en', 'es')),
    zone            TEXT NOT NULL,
    -- Hours, reminders, ladder (care::practice::Settings); a missing field has its default.
    settings        JSONB NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL
);

CREATE TABLE site (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    id              TEXT NOT NULL,
    name            TEXT NOT NULL,
    -- Import times without an offset are in this zone.
    zone            TEXT NOT NULL,
    -- Owns cases of clients without a clinician; last tier of the ladder.
    on_call_id      TEXT,
    PRIMARY KEY (practice_id, id)
);

CREATE TABLE staff (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    id              TEXT NOT NULL,
    name_sealed     BYTEA NOT NULL,
    email_sealed    BYTEA NOT NULL,
    email_index     TEXT NOT NULL,
    phone_sealed    BYTEA,
    language        TEXT NOT NULL CHECK (language IN ('en', 'es')),
    state           TEXT NOT NULL CHECK (state IN ('invited', 'active', 'deactivated')),
    -- Takes over when this person does not answer.
    backup_id       TEXT,
    -- Argon2id, in PHC form; none until the invitation was used.
    password_hash   TEXT,
    totp_sealed     BYTEA,
    -- The last time step whose code was accepted: a code works once.
    totp_step       BIGINT NOT NULL DEFAULT 0,
    -- Hash of the token of the invitation or password link, and its end.
    invite_hash     TEXT,
    invite_until    TIMESTAMPTZ,
    created_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id)
);
-- One account per address in the whole deployment, so that sign-in needs no practice name.
CREATE UNIQUE INDEX staff_email ON staff (email_index);
CREATE UNIQUE INDEX staff_invite ON staff (invite_hash) WHERE invite_hash IS NOT NULL;

CREATE TABLE staff_role (
    practice_id     TEXT NOT NULL,
    staff_id        TEXT NOT NULL,
    role            TEXT NOT NULL CHECK (role IN ('clinician', 'supervisor', 'intake', 'biller', 'owner', 'admin')),
    PRIMARY KEY (practice_id, staff_id, role),
    FOREIGN KEY (practice_id, staff_id) REFERENCES staff (practice_id, id)
);

-- Where a person works; no row means at every site.
CREATE TABLE staff_site (
    practice_id     TEXT NOT NULL,
    staff_id        TEXT NOT NULL,
    site_id         TEXT NOT NULL,
    PRIMARY KEY (practice_id, staff_id, site_id),
    FOREIGN KEY (practice_id, staff_id) REFERENCES staff (practice_id, id),
    FOREIGN KEY (practice_id, site_id) REFERENCES site (practice_id, id)
);

CREATE TABLE recovery_code (
    practice_id     TEXT NOT NULL,
    staff_id        TEXT NOT NULL,
    code_hash       TEXT NOT NULL,
    used_at         TIMESTAMPTZ,
    PRIMARY KEY (practice_id, staff_id, code_hash),
    FOREIGN KEY (practice_id, staff_id) REFERENCES staff (practice_id, id)
);

-- A signed-in browser. The id is the hash of the cookie's token, so that a copy of the table signs nobody in.
CREATE TABLE session (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    staff_id        TEXT NOT NULL,
    -- 'password': second factor owed; 'enrol': second factor to be set up; 'full': signed in.
    stage           TEXT NOT NULL CHECK (stage IN ('password', 'enrol', 'full')),
    created_at      TIMESTAMPTZ NOT NULL,
    last_seen_at    TIMESTAMPTZ NOT NULL,
    expires_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, staff_id) REFERENCES staff (practice_id, id)
);
CREATE UNIQUE INDEX session_token ON session (id);

-- Counters against guessing: per account, per address, for all; in the database so that a restart forgives nobody.
CREATE TABLE throttle (
    -- Keyed hash of what is counted.
    bucket          TEXT PRIMARY KEY,
    window_start    TIMESTAMPTZ NOT NULL,
    hits            BIGINT NOT NULL
);

CREATE TABLE supervision (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    supervisor_id   TEXT NOT NULL,
    clinician_id    TEXT NOT NULL,
    -- First and last day, in the practice's zone; both count.
    starts_on       DATE NOT NULL,
    ends_on         DATE,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, supervisor_id) REFERENCES staff (practice_id, id),
    FOREIGN KEY (practice_id, clinician_id) REFERENCES staff (practice_id, id),
    CHECK (supervisor_id <> clinician_id),
    CHECK (ends_on IS NULL OR ends_on >= starts_on)
);
CREATE INDEX supervision_clinician ON supervision (practice_id, clinician_id);

CREATE TABLE client (
    practice_id             TEXT NOT NULL,
    id                      TEXT NOT NULL,
    site_id                 TEXT NOT NULL,
    external_sealed         BYTEA,
    external_index          TEXT,
    name_sealed             BYTEA NOT NULL,
    preferred_name_sealed   BYTEA,
    birth_date_sealed       BYTEA,
    email_sealed            BYTEA,
    email_index             TEXT,
    phone_sealed            BYTEA,
    phone_index             TEXT,
    language                TEXT NOT NULL CHECK (language IN ('en', 'es')),
    -- Without a zone the practice's zone counts, with narrower hours.
    zone                    TEXT,
    preferred_channel       TEXT NOT NULL CHECK (preferred_channel IN ('sms', 'email')),
    -- care::client::Contact as JSON.
    emergency_sealed        BYTEA,
    guardian_sealed         BYTEA,
    -- The guardian's number, so that STOP finds every client who shares it.
    guardian_phone_index    TEXT,
    recipient               TEXT NOT NULL CHECK (recipient IN ('client', 'guardian')),
    created_at              TIMESTAMPTZ NOT NULL,
    updated_at              TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, site_id) REFERENCES site (practice_id, id)
);
-- Importing the same person twice finds the same row.
CREATE UNIQUE INDEX client_external ON client (practice_id, external_index) WHERE external_index IS NOT NULL;
CREATE INDEX client_phone ON client (practice_id, phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX client_guardian_phone ON client (practice_id, guardian_phone_index) WHERE guardian_phone_index IS NOT NULL;

-- Every consent decision; the latest per channel and purpose holds.
CREATE TABLE consent (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    channel         TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    purpose         TEXT NOT NULL CHECK (purpose IN ('check_in', 'appointment')),
    state           TEXT NOT NULL CHECK (state IN ('given', 'withdrawn')),
    wording_version TEXT NOT NULL,
    source          TEXT NOT NULL CHECK (source IN ('import', 'staff', 'client', 'keyword')),
    recorded_at     TIMESTAMPTZ NOT NULL,
    recorded_by     TEXT,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id)
);
CREATE INDEX consent_client ON consent (practice_id, client_id, recorded_at);

-- A number or address that asked for no more messages, whoever shares it.
CREATE TABLE suppression (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    channel         TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    contact_index   TEXT NOT NULL,
    -- 'keyword' (STOP), 'provider' (the provider refused: opted out), 'bounce'.
    source          TEXT NOT NULL CHECK (source IN ('keyword', 'provider', 'bounce', 'client')),
    since           TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, channel, contact_index)
);

-- One version of a protocol. A version never changes once an episode has it.
CREATE TABLE protocol (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    id              TEXT NOT NULL,
    name            TEXT NOT NULL,
    version         BIGINT NOT NULL,
    -- [{"instrument": "phq-9", "rhythm": {"when": "every_weeks", "weeks": 2}}, …]
    lines           JSONB NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('current', 'retired')),
    created_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, name, version)
);

-- Wordings that a person must confirm before clients see them (GAD-7 in Spanish).
CREATE TABLE wording_confirmation (
    practice_id     TEXT NOT NULL,
    instrument      TEXT NOT NULL,
    version         TEXT NOT NULL,
    language        TEXT NOT NULL,
    confirmed_by    TEXT NOT NULL,
    confirmed_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, instrument, version, language),
    FOREIGN KEY (practice_id, confirmed_by) REFERENCES staff (practice_id, id)
);

CREATE TABLE episode (
    practice_id         TEXT NOT NULL,
    id                  TEXT NOT NULL,
    client_id           TEXT NOT NULL,
    site_id             TEXT NOT NULL,
    protocol_id         TEXT NOT NULL,
    started_on          DATE NOT NULL,
    state               TEXT NOT NULL CHECK (state IN ('open', 'discharged')),
    discharged_at       TIMESTAMPTZ,
    discharge_reason    TEXT CHECK (discharge_reason IN ('completed', 'dropped_out', 'referred', 'moved', 'died', 'other')),
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
    FOREIGN KEY (practice_id, site_id) REFERENCES site (practice_id, id),
    FOREIGN KEY (practice_id, protocol_id) REFERENCES protocol (practice_id, id),
    CHECK ((state = 'discharged') = (discharged_at IS NOT NULL)),
    CHECK ((state = 'discharged') = (discharge_reason IS NOT NULL))
);
-- A client is in one course of therapy at a time.
CREATE UNIQUE INDEX episode_open ON episode (practice_id, client_id) WHERE state = 'open';
CREATE INDEX episode_client ON episode (practice_id, client_id);

CREATE TABLE assignment (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    clinician_id    TEXT NOT NULL,
    starts_at       TIMESTAMPTZ NOT NULL,
    ends_at         TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id),
    FOREIGN KEY (practice_id, clinician_id) REFERENCES staff (practice_id, id)
);
CREATE UNIQUE INDEX assignment_open ON assignment (practice_id, episode_id) WHERE ends_at IS NULL;
CREATE INDEX assignment_clinician ON assignment (practice_id, clinician_id) WHERE ends_at IS NULL;

CREATE TABLE appointment (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    clinician_id    TEXT NOT NULL,
    site_id         TEXT NOT NULL,
    -- The id in the practice's calendar; importing twice finds the same row.
    external_index  TEXT,
    starts_at       TIMESTAMPTZ NOT NULL,
    ends_at         TIMESTAMPTZ NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('scheduled', 'attended', 'cancelled', 'late_cancelled', 'no_show')),
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id),
    FOREIGN KEY (practice_id, clinician_id) REFERENCES staff (practice_id, id),
    FOREIGN KEY (practice_id, site_id) REFERENCES site (practice_id, id),
    CHECK (ends_at > starts_at)
);
CREATE UNIQUE INDEX appointment_external ON appointment (practice_id, external_index) WHERE external_index IS NOT NULL;
CREATE INDEX appointment_episode ON appointment (practice_id, episode_id, starts_at);
CREATE INDEX appointment_day ON appointment (practice_id, clinician_id, starts_at);

CREATE TABLE packet (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    appointment_id  TEXT,
    occasion        TEXT NOT NULL CHECK (occasion IN ('intake', 'before_session', 'after_session', 'regular', 'on_request')),
    -- What makes it unique in its episode: never two for one session.
    slot            TEXT NOT NULL,
    -- [{"id": "phq-9", "version": "1"}, …] in the order asked.
    asked           JSONB NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('planned', 'open', 'completed', 'expired', 'withdrawn')),
    send_at         TIMESTAMPTZ NOT NULL,
    sent_at         TIMESTAMPTZ,
    expires_at      TIMESTAMPTZ NOT NULL,
    started_at      TIMESTAMPTZ,
    last_answer_at  TIMESTAMPTZ,
    completed_at    TIMESTAMPTZ,
    language        TEXT CHECK (language IN ('en', 'es')),
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, episode_id, slot),
    FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id),
    CHECK ((state = 'completed') = (completed_at IS NOT NULL))
);
CREATE INDEX packet_appointment ON packet (practice_id, appointment_id) WHERE appointment_id IS NOT NULL;
-- What the expiry job looks at.
CREATE INDEX packet_ending ON packet (expires_at) WHERE state IN ('planned', 'open');

-- A link, found by the hash of its token; the token itself is sealed only until the message has gone, then wiped.
CREATE TABLE link (
    practice_id     TEXT NOT NULL,
    token_hash      TEXT NOT NULL,
    packet_id       TEXT NOT NULL,
    purpose         TEXT NOT NULL CHECK (purpose IN ('check_in', 'unsubscribe')),
    channel         TEXT CHECK (channel IN ('sms', 'email')),
    message_id      TEXT,
    token_sealed    BYTEA,
    created_at      TIMESTAMPTZ NOT NULL,
    revoked_at      TIMESTAMPTZ,
    PRIMARY KEY (practice_id, token_hash),
    FOREIGN KEY (practice_id, packet_id) REFERENCES packet (practice_id, id)
);
CREATE UNIQUE INDEX link_token ON link (token_hash);
CREATE INDEX link_packet ON link (practice_id, packet_id);
CREATE INDEX link_message ON link (practice_id, message_id) WHERE message_id IS NOT NULL;

-- A browser that pressed Start: bound to one packet, and the only one that is shown its own answers again.
CREATE TABLE device (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    packet_id       TEXT NOT NULL,
    cookie_hash     TEXT NOT NULL,
    channel         TEXT CHECK (channel IN ('sms', 'email')),
    started_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, packet_id) REFERENCES packet (practice_id, id)
);
CREATE UNIQUE INDEX device_cookie ON device (cookie_hash);
CREATE INDEX device_packet ON device (practice_id, packet_id);

-- The latest answer to each item, saved as given.
CREATE TABLE answer (
    practice_id     TEXT NOT NULL,
    packet_id       TEXT NOT NULL,
    instrument      TEXT NOT NULL,
    item            TEXT NOT NULL,
    -- None where the client preferred not to answer.
    value           BIGINT,
    device_id       TEXT,
    answered_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, packet_id, instrument, item),
    FOREIGN KEY (practice_id, packet_id) REFERENCES packet (practice_id, id)
);

-- What an answer was before it was changed: for risk items both values stay visible.
CREATE TABLE answer_change (
    practice_id     TEXT NOT NULL,
    packet_id       TEXT NOT NULL,
    instrument      TEXT NOT NULL,
    item            TEXT NOT NULL,
    value           BIGINT,
    answered_at     TIMESTAMPTZ NOT NULL,
    changed_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, packet_id, instrument, item, changed_at),
    FOREIGN KEY (practice_id, packet_id) REFERENCES packet (practice_id, id)
);

CREATE TABLE response (
    practice_id     TEXT NOT NULL,
    -- Also the receipt.
    id              TEXT NOT NULL,
    packet_id       TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('original', 'amendment')),
    mode            TEXT NOT NULL CHECK (mode IN ('link', 'paper', 'phone', 'import')),
    -- {"phq-9": {"1": 2, …, "9": null}, …}
    answers         JSONB NOT NULL,
    fingerprint     TEXT NOT NULL,
    submitted_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, packet_id) REFERENCES packet (practice_id, id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id)
);
-- One response counts; the same answers twice are one response.
CREATE UNIQUE INDEX response_original ON response (practice_id, packet_id) WHERE kind = 'original';
CREATE UNIQUE INDEX response_once ON response (practice_id, packet_id, fingerprint);
CREATE INDEX response_episode ON response (practice_id, episode_id, submitted_at);
-- What the sweep looks at.
CREATE INDEX response_recent ON response (submitted_at);

CREATE TABLE score (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    response_id     TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    instrument      TEXT NOT NULL,
    version         TEXT NOT NULL,
    scale           TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('valid', 'prorated', 'invalid')),
    value           DOUBLE PRECISION,
    -- Before rounding.
    exact           DOUBLE PRECISION,
    answered        BIGINT NOT NULL,
    missing         BIGINT NOT NULL,
    band            TEXT,
    session         BIGINT NOT NULL,
    at              TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, response_id, instrument, scale),
    FOREIGN KEY (practice_id, response_id) REFERENCES response (practice_id, id),
    CHECK ((state = 'invalid') = (value IS NULL))
);
CREATE INDEX score_episode ON score (practice_id, episode_id, at);

-- The running summary of one scale in one episode (care::episode::Measure): what the rules and the growth model read.
CREATE TABLE measure (
    practice_id     TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    instrument      TEXT NOT NULL,
    scale           TEXT NOT NULL,
    baseline        DOUBLE PRECISION,
    baseline_at     TIMESTAMPTZ,
    best            DOUBLE PRECISION NOT NULL,
    previous        DOUBLE PRECISION,
    latest          DOUBLE PRECISION NOT NULL,
    latest_at       TIMESTAMPTZ NOT NULL,
    n               BIGINT NOT NULL,
    sum_x           DOUBLE PRECISION NOT NULL,
    sum_xx          DOUBLE PRECISION NOT NULL,
    sum_y           DOUBLE PRECISION NOT NULL,
    sum_xy          DOUBLE PRECISION NOT NULL,
    sum_yy          DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (practice_id, episode_id, instrument, scale),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id)
);

CREATE TABLE signal (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    -- None for silence and for answers not submitted yet.
    response_id     TEXT,
    rule            TEXT NOT NULL,
    level           TEXT NOT NULL CHECK (level IN ('red', 'amber', 'green', 'blue', 'grey')),
    -- What it was computed from (care::response::SignalInputs).
    inputs          JSONB NOT NULL,
    raised_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id)
);
CREATE INDEX signal_episode ON signal (practice_id, episode_id, raised_at);

-- A work item with one owner and a due date ("case" is a word of SQL's own).
CREATE TABLE care_case (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    owner_id        TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'reviewed', 'discussed', 'decided', 'closed')),
    decision        TEXT CHECK (decision IN ('plan_changed', 'no_change', 'referred')),
    opened_at       TIMESTAMPTZ NOT NULL,
    due_at          TIMESTAMPTZ NOT NULL,
    closed_at       TIMESTAMPTZ,
    -- Raised at every change: two people cannot overwrite one another.
    revision        BIGINT NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id),
    FOREIGN KEY (practice_id, owner_id) REFERENCES staff (practice_id, id),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
-- At most one open case per episode.
CREATE UNIQUE INDEX care_case_open ON care_case (practice_id, episode_id) WHERE state <> 'closed';
CREATE INDEX care_case_owner ON care_case (practice_id, owner_id) WHERE state <> 'closed';

CREATE TABLE case_reason (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    case_id         TEXT NOT NULL,
    rule            TEXT NOT NULL,
    level           TEXT NOT NULL CHECK (level IN ('routine', 'review', 'urgent')),
    -- None for silence and for answers not submitted yet.
    response_id     TEXT,
    -- The check-in the answer was given in, so that a risk answer is acted on once, whether submitted or not.
    packet_id       TEXT,
    inputs          JSONB NOT NULL,
    raised_at       TIMESTAMPTZ NOT NULL,
    due_at          TIMESTAMPTZ NOT NULL,
    acknowledged_at TIMESTAMPTZ,
    acknowledged_by TEXT,
    disposed_at     TIMESTAMPTZ,
    disposed_by     TEXT,
    disposition     TEXT CHECK (disposition IN ('safety_plan', 'assessed_safe', 'higher_care', 'emergency', 'unreachable')),
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, case_id) REFERENCES care_case (practice_id, id),
    CHECK ((disposed_at IS NULL) = (disposition IS NULL))
);
CREATE INDEX case_reason_case ON case_reason (practice_id, case_id);
-- What the ladder and the sweep look at.
CREATE INDEX case_reason_waiting ON case_reason (due_at) WHERE acknowledged_at IS NULL;

-- One rung of a risk reason's ladder. The primary key makes each rung fire once, across restarts and nodes.
CREATE TABLE ladder_rung (
    practice_id     TEXT NOT NULL,
    reason_id       TEXT NOT NULL,
    -- 0, 1, 2 …; the last tier repeats as further rungs.
    rung            BIGINT NOT NULL,
    tier            BIGINT NOT NULL,
    due_at          TIMESTAMPTZ NOT NULL,
    fired_at        TIMESTAMPTZ,
    PRIMARY KEY (practice_id, reason_id, rung),
    FOREIGN KEY (practice_id, reason_id) REFERENCES case_reason (practice_id, id)
);
CREATE INDEX ladder_rung_due ON ladder_rung (due_at) WHERE fired_at IS NULL;

-- What happened to a case: who, when, to whom, with which note.
CREATE TABLE case_step (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    case_id         TEXT NOT NULL,
    kind            TEXT NOT NULL,
    at              TIMESTAMPTZ NOT NULL,
    by_id           TEXT,
    to_id           TEXT,
    note_sealed     BYTEA,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, case_id) REFERENCES care_case (practice_id, id)
);
CREATE INDEX case_step_case ON case_step (practice_id, case_id, at);

-- Every message, past and future. The ledger: a job only wakes the sender.
CREATE TABLE message (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('invite', 'reminder', 'new_link', 'case_notice', 'risk_notice', 'escalation', 'staff_invite', 'auto_reply')),
    channel         TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
    client_id       TEXT,
    staff_id        TEXT,
    packet_id       TEXT,
    case_id         TEXT,
    reason_id       TEXT,
    -- What makes it unique: `packet:<id>:invite:sms`, `reason:<id>:rung:2:<staff>:email` …
    unique_key      TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'sent', 'delivered', 'failed', 'cancelled', 'unknown')),
    due_at          TIMESTAMPTZ NOT NULL,
    attempt         BIGINT NOT NULL DEFAULT 0,
    -- While 'sending': whoever claimed it owns it until then. The attempt number is the fencing token.
    lease_until     TIMESTAMPTZ,
    provider_id     TEXT,
    code            TEXT,
    cancel_reason   TEXT,
    -- As sent, sealed, with {link} in place of the link.
    text_sealed     BYTEA,
    sent_at         TIMESTAMPTZ,
    created_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, unique_key),
    CHECK ((client_id IS NULL) <> (staff_id IS NULL))
);
CREATE INDEX message_due ON message (due_at) WHERE state IN ('planned', 'sending');
CREATE INDEX message_client ON message (practice_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX message_packet ON message (practice_id, packet_id) WHERE packet_id IS NOT NULL;
CREATE INDEX message_case ON message (practice_id, case_id) WHERE case_id IS NOT NULL;
CREATE UNIQUE INDEX message_provider ON message (provider_id) WHERE provider_id IS NOT NULL;

-- What the provider said of a message; each state once, in whatever order it came.
CREATE TABLE message_event (
    practice_id     TEXT NOT NULL,
    message_id      TEXT NOT NULL,
    state           TEXT NOT NULL,
    code            TEXT,
    at              TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, message_id, state),
    FOREIGN KEY (practice_id, message_id) REFERENCES message (practice_id, id)
);

-- A text that came in, known by the provider's id so that a repeated delivery does nothing. The words are not kept.
CREATE TABLE inbound_text (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    provider_id     TEXT NOT NULL,
    meaning         TEXT NOT NULL CHECK (meaning IN ('stop', 'start', 'help', 'other')),
    at              TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, provider_id)
);

-- Work for the front desk.
CREATE TABLE task (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    id              TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('opted_out', 'inbound_text', 'undeliverable', 'unknown_outcome', 'amendment', 'look_alike')),
    client_id       TEXT,
    -- At most one open task of a kind per client.
    raised_at       TIMESTAMPTZ NOT NULL,
    due_at          TIMESTAMPTZ NOT NULL,
    done_at         TIMESTAMPTZ,
    done_by         TEXT,
    PRIMARY KEY (practice_id, id)
);
CREATE UNIQUE INDEX task_open ON task (practice_id, kind, client_id) WHERE done_at IS NULL;

CREATE TABLE crisis_resource (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    id              TEXT NOT NULL,
    language        TEXT NOT NULL CHECK (language IN ('en', 'es')),
    label           TEXT NOT NULL,
    detail          TEXT NOT NULL,
    href            TEXT NOT NULL,
    position        BIGINT NOT NULL,
    -- When a person last checked that it is right.
    reviewed_on     DATE NOT NULL,
    PRIMARY KEY (practice_id, id)
);
