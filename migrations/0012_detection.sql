-- Expected treatment response, the rules that look at a new score, and what they are worth.

-- What the rules need of a course beside what measure had: the lowest and the highest score so far (which of them is the worst is
-- the instrument's to say), and to which sessions the baseline and the latest score belong.
ALTER TABLE measure ADD COLUMN lowest DOUBLE PRECISION;
ALTER TABLE measure ADD COLUMN highest DOUBLE PRECISION;
ALTER TABLE measure ADD COLUMN baseline_session BIGINT;
ALTER TABLE measure ADD COLUMN latest_session BIGINT;
UPDATE measure SET
    lowest = (SELECT min(s.value) FROM score s WHERE s.practice_id = measure.practice_id AND s.episode_id = measure.episode_id
        AND s.instrument = measure.instrument AND s.scale = measure.scale),
    highest = (SELECT max(s.value) FROM score s WHERE s.practice_id = measure.practice_id AND s.episode_id = measure.episode_id
        AND s.instrument = measure.instrument AND s.scale = measure.scale),
    baseline_session = (SELECT min(s.session) FROM score s WHERE s.practice_id = measure.practice_id AND s.episode_id = measure.episode_id
        AND s.instrument = measure.instrument AND s.scale = measure.scale AND s.at = measure.baseline_at),
    latest_session = (SELECT max(s.session) FROM score s WHERE s.practice_id = measure.practice_id AND s.episode_id = measure.episode_id
        AND s.instrument = measure.instrument AND s.scale = measure.scale AND s.at = measure.latest_at);

-- The growth models that were adopted, one row a version. What ships with the program is version 0 and no row.
CREATE TABLE growth_model (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    instrument      TEXT NOT NULL,
    scale           TEXT NOT NULL,
    version         BIGINT NOT NULL,
    intercept       DOUBLE PRECISION NOT NULL,
    slope           DOUBLE PRECISION NOT NULL,
    -- Covariance of a person's intercept and slope, and variance of a score around its person's line (points squared).
    g_intercept     DOUBLE PRECISION NOT NULL,
    g_both          DOUBLE PRECISION NOT NULL,
    g_slope         DOUBLE PRECISION NOT NULL,
    residual        DOUBLE PRECISION NOT NULL,
    -- The session at which courses usually end.
    last_session    BIGINT NOT NULL,
    courses         BIGINT NOT NULL,
    scores          BIGINT NOT NULL,
    -- The checks it passed (care::expected_response::Checks).
    checks          JSONB NOT NULL,
    -- How its probabilities are corrected (care::expected_response::Calibration); "bands" is empty while there is too little to go by.
    calibration     JSONB NOT NULL,
    fitted_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, instrument, scale, version)
);

-- The last look of the nightly refit at a scale: what it found, and why an old model stayed.
CREATE TABLE refit (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    instrument      TEXT NOT NULL,
    scale           TEXT NOT NULL,
    looked_at       TIMESTAMPTZ NOT NULL,
    outcome         TEXT NOT NULL CHECK (outcome IN ('adopted', 'unchanged', 'too_few', 'too_few_closed', 'not_fitted', 'not_converged', 'implausible', 'worse')),
    checks          JSONB NOT NULL,
    PRIMARY KEY (practice_id, instrument, scale)
);

-- The rules of a practice, or of one of its instruments ('*' for all that have none of their own). Never changed: the highest
-- revision is in force, and the earlier ones are the record.
CREATE TABLE detection_rules (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    id              TEXT NOT NULL,
    scope           TEXT NOT NULL,
    revision        BIGINT NOT NULL,
    -- care::detection::Configuration
    rules           JSONB NOT NULL,
    -- Whether the instrument follows the practice's rules again.
    state           TEXT NOT NULL CHECK (state IN ('own', 'follows')),
    reason_sealed   BYTEA NOT NULL,
    changed_by      TEXT NOT NULL,
    changed_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, scope, revision),
    FOREIGN KEY (practice_id, changed_by) REFERENCES staff (practice_id, id)
);

-- What the rules would have said of the practice's own closed courses: made by a job, read by a page.
CREATE TABLE model_card (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    instrument      TEXT NOT NULL,
    made_at         TIMESTAMPTZ NOT NULL,
    -- care::model_card::Card
    document        JSONB NOT NULL,
    PRIMARY KEY (practice_id, instrument)
);
