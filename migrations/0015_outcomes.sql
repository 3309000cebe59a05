-- How courses of therapy ended, kept so that a page adds up rows and never reads answers.

-- Two more lists by which a practice sorts its courses: the form of therapy, and the problem it is about.
CREATE TABLE placement_wider (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    id              TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('programme', 'payer', 'modality', 'problem')),
    name            TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('active', 'retired')),
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, kind, name)
);
INSERT INTO placement_wider (practice_id, id, kind, name, state) SELECT practice_id, id, kind, name, state FROM placement;
DROP TABLE placement;
ALTER TABLE placement_wider RENAME TO placement;
ALTER TABLE episode ADD COLUMN modality_id TEXT;
ALTER TABLE episode ADD COLUMN problem_id TEXT;

-- How a closed course ended, seen through one lens: an instrument's main scale, the pair of PHQ-9 and GAD-7 together
-- ('phq-9+gad-7'), or the course as such ('course': every closed episode has that one). Made when the episode ends, made anew
-- while its last scores may still come in.
CREATE TABLE outcome (
    practice_id     TEXT NOT NULL,
    lens            TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    -- The day it ended, in the practice's zone.
    closed_on       DATE NOT NULL,
    reason          TEXT NOT NULL CHECK (reason IN ('completed', 'dropped_out', 'referred', 'moved', 'died', 'other')),
    -- Sessions that took place.
    sessions        BIGINT NOT NULL,
    -- Where it belonged when it ended.
    site_id         TEXT NOT NULL,
    language        TEXT NOT NULL,
    clinician_id    TEXT,
    programme_id    TEXT,
    payer_id        TEXT,
    modality_id     TEXT,
    problem_id      TEXT,
    -- Baseline and last score; none of the pair, which has two of each.
    first_score     DOUBLE PRECISION,
    last_score      DOUBLE PRECISION,
    -- Whether there is a first and a later last score.
    paired          BOOLEAN NOT NULL,
    -- Of the first score; none where it is not known or the lens knows no caseness.
    caseness        BOOLEAN,
    -- Of those paired: reliable change, and whether the client recovered, responded, is in remission.
    change          TEXT CHECK (change IN ('better', 'none', 'worse')),
    recovered       BOOLEAN,
    responded       BOOLEAN,
    remitted        BOOLEAN,
    PRIMARY KEY (practice_id, lens, episode_id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id)
);
CREATE INDEX outcome_closed ON outcome (practice_id, lens, closed_on);
CREATE INDEX outcome_episode ON outcome (practice_id, episode_id);
