-- What a practice has declared, licensed and added to the instruments that ship.

-- Counts the changes below, so that a node sees with one look whether what it holds in memory is still true.
CREATE TABLE library_revision (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    revision        BIGINT NOT NULL,
    PRIMARY KEY (practice_id)
);

-- What the practice says it uses instruments for; the latest row counts, the earlier ones are the record.
CREATE TABLE instrument_use (
    practice_id     TEXT NOT NULL,
    declared_at     TIMESTAMPTZ NOT NULL,
    purpose         TEXT NOT NULL CHECK (purpose IN ('commercial', 'non_commercial')),
    declared_by     TEXT NOT NULL,
    PRIMARY KEY (practice_id, declared_at),
    FOREIGN KEY (practice_id, declared_by) REFERENCES staff (practice_id, id)
);

-- A licence that the practice holds; the latest row of an instrument counts, the earlier ones are the record.
CREATE TABLE instrument_licence (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    instrument      TEXT NOT NULL,
    -- In whose name it was given.
    holder          TEXT NOT NULL,
    -- Its number or reference.
    number          TEXT NOT NULL,
    terms           TEXT NOT NULL,
    -- How many clinicians may use it; none where it does not count them.
    seats           BIGINT CHECK (seats >= 1),
    starts_on       DATE NOT NULL,
    -- Last day; none where it does not end.
    ends_on         DATE,
    recorded_by     TEXT NOT NULL,
    recorded_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, recorded_by) REFERENCES staff (practice_id, id),
    CHECK (ends_on IS NULL OR ends_on >= starts_on)
);
CREATE INDEX instrument_licence_of ON instrument_licence (practice_id, instrument, recorded_at);

-- The clinicians who may use a licensed instrument.
CREATE TABLE licence_seat (
    practice_id     TEXT NOT NULL,
    instrument      TEXT NOT NULL,
    staff_id        TEXT NOT NULL,
    PRIMARY KEY (practice_id, instrument, staff_id),
    FOREIGN KEY (practice_id, staff_id) REFERENCES staff (practice_id, id)
);

-- What the practice added to the library itself: an instrument of its own, or the wording that came with a licence. A
-- published version never changes and never goes away: old answers are shown and scored with it.
CREATE TABLE practice_instrument (
    practice_id     TEXT NOT NULL,
    instrument      TEXT NOT NULL,
    version         TEXT NOT NULL,
    -- 'custom': the whole file is the practice's. 'wording': words for an instrument that ships as structure.
    kind            TEXT NOT NULL CHECK (kind IN ('custom', 'wording')),
    -- The file, in the format of the instruments folder; for a wording one file per language, as a JSON object.
    document        TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
    content_hash    TEXT,
    saved_by        TEXT NOT NULL,
    saved_at        TIMESTAMPTZ NOT NULL,
    published_at    TIMESTAMPTZ,
    PRIMARY KEY (practice_id, instrument, version),
    FOREIGN KEY (practice_id, saved_by) REFERENCES staff (practice_id, id),
    CHECK ((state = 'draft') = (published_at IS NULL)),
    CHECK ((state = 'draft') = (content_hash IS NULL))
);
