-- What the platform itself needs, whatever the practice does: the keys it was sealed with, jobs, the schedule, the audit
-- chain. The dialect is the one both databases understand (README.md of this folder).

-- One row per key that ever sealed a column of this database.
CREATE TABLE instance (
    -- The key's name in the key file.
    key_id          TEXT PRIMARY KEY,
    -- A known word sealed with that key: a key file that cannot open it belongs to other data.
    canary          BYTEA NOT NULL,
    -- What only the right index key can compute: with a wrong one every look-up would silently find nothing.
    index_check     TEXT NOT NULL
);

-- Work for the background: enqueued by the transaction that causes it, claimed with a lease. Domain rows are the ledger; a
-- job only says that something wants attention.
CREATE TABLE job (
    -- The practice whose transaction enqueued it, or 'instance' for the platform's own.
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    -- Alerts have a lane and a worker of their own, so that no backlog stands before them.
    queue           TEXT NOT NULL CHECK (queue IN ('alert', 'main')),
    -- care::Job, ids only.
    payload         JSONB NOT NULL,
    run_at          TIMESTAMPTZ NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('ready', 'running', 'done', 'parked')),
    -- Orderly retries: what the delay before the next one grows with.
    attempt         BIGINT NOT NULL,
    -- Claims since the last orderly end: a job that keeps taking its worker down is parked.
    seen            BIGINT NOT NULL,
    -- All claims: the number of the latest is the token without which nothing about the job can be written.
    claim           BIGINT NOT NULL,
    -- Until when the claimer is believed to be alive.
    lease_until     TIMESTAMPTZ,
    -- When it was done or parked: done jobs are deleted some days later.
    ended_at        TIMESTAMPTZ,
    -- Code of the last failure, never a client's words.
    reason          TEXT,
    PRIMARY KEY (practice_id, id),
    CHECK (state <> 'running' OR lease_until IS NOT NULL)
);
-- The claim walks this from the longest due and stops at the first it may take.
CREATE INDEX job_due ON job (queue, run_at, id) WHERE state IN ('ready', 'running');
CREATE INDEX job_ended ON job (ended_at) WHERE state IN ('done', 'parked');

-- Which slots of the schedule have been fired: the row's key lets one of many nodes fire a slot, and a slot that fell into
-- a downtime shows as missing. About the platform and not about a practice, hence without practice_id.
CREATE TABLE schedule (
    name            TEXT NOT NULL,
    slot            TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (name, slot)
);

-- Who saw or did what, as a chain of hashes per practice. Rows are only ever added, and hold ids and codes only, so that
-- erasing a client does not mean breaking the chain.
CREATE TABLE audit (
    practice_id     TEXT NOT NULL,
    -- Position in the practice's chain, from 1 without gaps.
    seq             BIGINT NOT NULL,
    at              TIMESTAMPTZ NOT NULL,
    -- A staff id, a packet id for a client, or the name of a job.
    actor           TEXT NOT NULL,
    action          TEXT NOT NULL,
    subject_kind    TEXT NOT NULL,
    subject_id      TEXT NOT NULL,
    -- Further ids and codes: texts and lists of texts.
    detail          JSONB NOT NULL,
    -- Hash of the row before, and of this one with it (SHA-256, hex).
    previous        TEXT NOT NULL,
    hash            TEXT NOT NULL,
    PRIMARY KEY (practice_id, seq)
);
-- "Who has seen this record?"
CREATE INDEX audit_subject ON audit (practice_id, subject_kind, subject_id, seq);
CREATE INDEX audit_actor ON audit (practice_id, actor, seq);

-- Where each chain ends: its row is the lock that keeps two commits from continuing the same row, and shows when rows were
-- cut off at the end.
CREATE TABLE audit_head (
    practice_id     TEXT PRIMARY KEY,
    seq             BIGINT NOT NULL,
    hash            TEXT NOT NULL
);
