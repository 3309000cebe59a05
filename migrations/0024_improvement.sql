-- How a practice improves: what came of its cases, one change tried at a time, and who gave a new referral back.

-- Closed cases of a period, for how the loop was closed.
CREATE INDEX care_case_closed ON care_case (practice_id, closed_at) WHERE closed_at IS NOT NULL;
-- Check-ins of a span of time, counted week by week.
CREATE INDEX packet_sent_when ON packet (practice_id, send_at, state, episode_id);

-- One change that a practice tries, judged by one figure. The words are about the practice, never about a client, and sealed all
-- the same: nobody can promise what is typed.
CREATE TABLE experiment (
    practice_id         TEXT NOT NULL REFERENCES practice (id),
    id                  TEXT NOT NULL,
    -- What is changed, in words.
    change_sealed       BYTEA NOT NULL,
    -- What is expected of it, in words.
    expectation_sealed  BYTEA NOT NULL,
    metric              TEXT NOT NULL CHECK (metric IN ('completion', 'no_show', 'late_cancelled', 'early_end', 'improvement',
                        'acknowledge', 'overdue', 'back_on_track', 'opt_out')),
    -- What must not get worse meanwhile.
    guardrail           TEXT CHECK (guardrail IN ('completion', 'no_show', 'late_cancelled', 'early_end', 'improvement',
                        'acknowledge', 'overdue', 'back_on_track', 'opt_out')),
    -- Where; none for the whole practice.
    site_id             TEXT,
    -- What one point of the chart is made of.
    every               TEXT NOT NULL CHECK (every IN ('week', 'month')),
    owner_id            TEXT NOT NULL,
    -- The first day with the change, and the day on which it is decided.
    starts_on           DATE NOT NULL,
    ends_on             DATE NOT NULL,
    created_at          TIMESTAMPTZ NOT NULL,
    created_by          TEXT NOT NULL,
    decision            TEXT CHECK (decision IN ('keep', 'adapt', 'stop')),
    decision_sealed     BYTEA,
    decided_at          TIMESTAMPTZ,
    decided_by          TEXT,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, site_id) REFERENCES site (practice_id, id),
    FOREIGN KEY (practice_id, owner_id) REFERENCES staff (practice_id, id),
    CHECK (ends_on > starts_on),
    CHECK (guardrail IS NULL OR guardrail <> metric),
    CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CHECK ((decision IS NULL) = (decision_sealed IS NULL))
);

-- A filter of a dashboard that a person keeps for themselves: its name sealed, its address as in the browser.
CREATE TABLE saved_view (
    practice_id     TEXT NOT NULL REFERENCES practice (id),
    id              TEXT NOT NULL,
    staff_id        TEXT NOT NULL,
    page            TEXT NOT NULL CHECK (page IN ('outcomes', 'attendance', 'closed_loop')),
    -- What follows the question mark: ids and choices, no free text.
    query           TEXT NOT NULL,
    name_sealed     BYTEA NOT NULL,
    saved_at        TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, staff_id) REFERENCES staff (practice_id, id)
);
CREATE INDEX saved_view_of ON saved_view (practice_id, staff_id, saved_at);

-- A clinician gave a new referral back, and why. They are not suggested for it again.
CREATE TABLE referral_decline (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    clinician_id    TEXT NOT NULL,
    reason_sealed   BYTEA NOT NULL,
    declined_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    UNIQUE (practice_id, episode_id, clinician_id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id),
    FOREIGN KEY (practice_id, clinician_id) REFERENCES staff (practice_id, id)
);
