-- Records as a whole: two of one person made into one, and records that are no longer kept.

-- The record that this one was made part of: pages, searches and imports go on with that one.
ALTER TABLE client ADD COLUMN merged_into TEXT;
CREATE INDEX client_merged ON client (practice_id, merged_into) WHERE merged_into IS NOT NULL;
-- When everything that says who this is was destroyed. The row stays, so that its id is never given again.
ALTER TABLE client ADD COLUMN erased_at TIMESTAMPTZ;

-- Two records that a person found to be of one client.
CREATE TABLE client_merge (
    practice_id         TEXT NOT NULL,
    id                  TEXT NOT NULL,
    kept_id             TEXT NOT NULL,
    gone_id             TEXT NOT NULL,
    merged_at           TIMESTAMPTZ NOT NULL,
    merged_by           TEXT NOT NULL,
    -- Names of the fields that the kept record was lacking and took over.
    filled              JSONB NOT NULL,
    -- Where both were in therapy: the course that ended, the one that goes on, and the assignment that ended with the first.
    ended_episode_id    TEXT,
    into_episode_id     TEXT,
    ended_assignment_id TEXT,
    undone_at           TIMESTAMPTZ,
    undone_by           TEXT,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, kept_id) REFERENCES client (practice_id, id),
    FOREIGN KEY (practice_id, gone_id) REFERENCES client (practice_id, id)
);
-- A record is part of one other at a time.
CREATE UNIQUE INDEX client_merge_gone ON client_merge (practice_id, gone_id) WHERE undone_at IS NULL;
CREATE INDEX client_merge_kept ON client_merge (practice_id, kept_id);

-- Each row that a merge moved or added, so that it can be taken back exactly. Ids and states only.
CREATE TABLE client_merge_row (
    practice_id     TEXT NOT NULL,
    merge_id        TEXT NOT NULL,
    seq             BIGINT NOT NULL,
    what            TEXT NOT NULL CHECK (what IN ('moved', 'added')),
    table_name      TEXT NOT NULL,
    -- The row's key without the practice: {"id": "…"}
    row_key         JSONB NOT NULL,
    -- The columns that were changed, as they were: {"client_id": "…", "episode_id": "…"}
    before          JSONB NOT NULL,
    PRIMARY KEY (practice_id, merge_id, seq),
    FOREIGN KEY (practice_id, merge_id) REFERENCES client_merge (practice_id, id)
);

-- Two records that look alike and are of two people: not proposed again. The smaller id comes first.
CREATE TABLE client_apart (
    practice_id     TEXT NOT NULL,
    one_id          TEXT NOT NULL,
    other_id        TEXT NOT NULL,
    said_by         TEXT NOT NULL,
    said_at         TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, one_id, other_id),
    FOREIGN KEY (practice_id, one_id) REFERENCES client (practice_id, id),
    FOREIGN KEY (practice_id, other_id) REFERENCES client (practice_id, id)
);

-- How long records are kept; the latest row counts, the earlier ones are the record. Without a row nothing is proposed.
CREATE TABLE retention_rule (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    -- Years after the last discharge; none keeps everything.
    years           BIGINT CHECK (years >= 1),
    -- Whoever was younger than this at the last discharge is kept until so many years after reaching it, if that is later.
    minor_age       BIGINT CHECK (minor_age >= 1),
    minor_years     BIGINT CHECK (minor_years >= 0),
    kept            TEXT NOT NULL CHECK (kept IN ('nothing', 'figures')),
    -- Where the rule comes from, in the practice's words.
    source          TEXT NOT NULL,
    decided_at      TIMESTAMPTZ NOT NULL,
    decided_by      TEXT NOT NULL,
    PRIMARY KEY (practice_id, decided_at),
    FOREIGN KEY (practice_id, decided_by) REFERENCES staff (practice_id, id),
    CHECK ((minor_age IS NULL) = (minor_years IS NULL))
);

-- A request to erase a record, and its carrying out. Stays when the record is gone: ids, days and choices only.
CREATE TABLE erasure (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    ground          TEXT NOT NULL CHECK (ground IN ('request', 'retention', 'mistake')),
    -- In words; destroyed with the record.
    reason_sealed   BYTEA NOT NULL,
    kept            TEXT NOT NULL CHECK (kept IN ('nothing', 'figures')),
    asked_at        TIMESTAMPTZ NOT NULL,
    -- None where a restored copy was brought up to date with a list.
    asked_by        TEXT,
    withdrawn_at    TIMESTAMPTZ,
    done_at         TIMESTAMPTZ,
    done_by         TEXT,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
    CHECK (withdrawn_at IS NULL OR done_at IS NULL)
);
CREATE UNIQUE INDEX erasure_client ON erasure (practice_id, client_id) WHERE withdrawn_at IS NULL;
