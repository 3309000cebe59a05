-- What work on cases needs beyond the case itself.

-- What a supervisor has gone through with the clinician of a case.
CREATE TABLE case_checklist (
    practice_id     TEXT NOT NULL,
    case_id         TEXT NOT NULL,
    item            TEXT NOT NULL,
    checked_by      TEXT NOT NULL,
    checked_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, case_id, item),
    FOREIGN KEY (practice_id, case_id) REFERENCES care_case (practice_id, id)
);

-- What a client wrote in their own words with a check-in. The words and the phrases found in them are sealed; the version of the
-- list says what they were searched for (0: the one that ships).
CREATE TABLE own_words (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    packet_id       TEXT NOT NULL,
    given_at        TIMESTAMPTZ NOT NULL,
    list_version    BIGINT NOT NULL,
    text_sealed     BYTEA NOT NULL,
    found_sealed    BYTEA,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id),
    FOREIGN KEY (practice_id, packet_id) REFERENCES packet (practice_id, id)
);
CREATE INDEX own_words_packet ON own_words (practice_id, packet_id);
CREATE INDEX own_words_client ON own_words (practice_id, client_id, given_at);

-- The phrases that ask a person to read such words: a practice's versions of the list, the newest in force. Phrases are no one's
-- words and not sealed.
CREATE TABLE phrase_list (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    version         BIGINT NOT NULL,
    en              JSONB NOT NULL,
    es              JSONB NOT NULL,
    why             TEXT NOT NULL,
    saved_at        TIMESTAMPTZ NOT NULL,
    saved_by        TEXT NOT NULL,
    PRIMARY KEY (practice_id, version),
    FOREIGN KEY (practice_id, saved_by) REFERENCES staff (practice_id, id)
);
