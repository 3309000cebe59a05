-- A running summary is of one series: of the scores of one structure of an instrument (questions and scoring; instruments::Instrument).
-- The key is wider, which takes a table of its own. What was summed up before is of structure 1.
CREATE TABLE measure_series (
    practice_id     TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    instrument      TEXT NOT NULL,
    scale           TEXT NOT NULL,
    -- The version since which questions and scoring are what they are.
    structure       BIGINT NOT NULL,
    -- Sessions of the episode before the first one of the series; those below are counted from there.
    sessions_before BIGINT NOT NULL,
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
    lowest          DOUBLE PRECISION,
    highest         DOUBLE PRECISION,
    baseline_session BIGINT,
    latest_session  BIGINT,
    PRIMARY KEY (practice_id, episode_id, instrument, scale, structure),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id)
);
INSERT INTO measure_series (practice_id, episode_id, instrument, scale, structure, sessions_before, baseline, baseline_at, best, previous,
    latest, latest_at, n, sum_x, sum_xx, sum_y, sum_xy, sum_yy, lowest, highest, baseline_session, latest_session)
SELECT practice_id, episode_id, instrument, scale, 1, 0, baseline, baseline_at, best, previous,
    latest, latest_at, n, sum_x, sum_xx, sum_y, sum_xy, sum_yy, lowest, highest, baseline_session, latest_session FROM measure;
DROP TABLE measure;
ALTER TABLE measure_series RENAME TO measure;

-- A growth model foretells scores of the structure it was made from.
ALTER TABLE growth_model ADD COLUMN structure BIGINT NOT NULL DEFAULT 1;
