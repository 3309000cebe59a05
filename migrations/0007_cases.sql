-- What people do about cases: who stands in while somebody is away, what came of a case, and what was agreed about it.

-- Days on which a person is away, and who has their open cases meanwhile. Both days count, in the practice's zone.
CREATE TABLE leave_period (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    staff_id        TEXT NOT NULL,
    cover_id        TEXT NOT NULL,
    starts_on       DATE NOT NULL,
    ends_on         DATE NOT NULL,
    recorded_by     TEXT NOT NULL,
    recorded_at     TIMESTAMPTZ NOT NULL,
    -- Taken back, or ended early: from then on it does not hold.
    ended_at        TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, staff_id) REFERENCES staff (practice_id, id),
    FOREIGN KEY (practice_id, cover_id) REFERENCES staff (practice_id, id),
    CHECK (ends_on >= starts_on),
    CHECK (cover_id <> staff_id)
);
CREATE INDEX leave_period_days ON leave_period (practice_id, ends_on) WHERE ended_at IS NULL;

-- A case that went to the stand-in because of a leave, so that it comes back when the leave is over.
CREATE TABLE leave_cover (
    practice_id     TEXT NOT NULL,
    leave_id        TEXT NOT NULL,
    case_id         TEXT NOT NULL,
    cover_id        TEXT NOT NULL,
    covered_at      TIMESTAMPTZ NOT NULL,
    -- When it was settled, whether the case came back or had ended or been passed on by then.
    settled_at      TIMESTAMPTZ,
    PRIMARY KEY (practice_id, leave_id, case_id),
    FOREIGN KEY (practice_id, leave_id) REFERENCES leave_period (practice_id, id),
    FOREIGN KEY (practice_id, case_id) REFERENCES care_case (practice_id, id)
);
CREATE INDEX leave_cover_open ON leave_cover (practice_id, leave_id) WHERE settled_at IS NULL;

-- Who answers for a site outside working hours. The duty of a day begins when its working hours end and lasts until those
-- of the next day begin; of a day without working hours it is the whole day.
CREATE TABLE on_call_duty (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    site_id         TEXT NOT NULL,
    staff_id        TEXT NOT NULL,
    starts_on       DATE NOT NULL,
    ends_on         DATE NOT NULL,
    recorded_by     TEXT NOT NULL,
    recorded_at     TIMESTAMPTZ NOT NULL,
    ended_at        TIMESTAMPTZ,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, site_id) REFERENCES site (practice_id, id),
    FOREIGN KEY (practice_id, staff_id) REFERENCES staff (practice_id, id),
    CHECK (ends_on >= starts_on)
);
CREATE INDEX on_call_duty_days ON on_call_duty (practice_id, ends_on) WHERE ended_at IS NULL;

-- What was done about danger before a risk reason was brought to an end. Choices only; words are in the step's note.
CREATE TABLE risk_assessment (
    practice_id         TEXT NOT NULL,
    reason_id           TEXT NOT NULL,
    contact             TEXT NOT NULL CHECK (contact IN ('in_person', 'phone', 'video', 'other_person', 'not_reached')),
    -- Outcome of the Columbia screener as triaged by the person who asked it.
    screener            TEXT NOT NULL CHECK (screener IN ('not_done', 'negative', 'low', 'moderate', 'high')),
    safety_plan         TEXT NOT NULL CHECK (safety_plan IN ('made', 'renewed', 'in_place', 'not_made')),
    emergency_contact   TEXT NOT NULL CHECK (emergency_contact IN ('informed', 'not_reached', 'not_needed', 'none_on_file')),
    referral            TEXT NOT NULL CHECK (referral IN ('none', 'crisis_service', 'higher_care', 'emergency_department', 'other')),
    PRIMARY KEY (practice_id, reason_id),
    FOREIGN KEY (practice_id, reason_id) REFERENCES case_reason (practice_id, id)
);

-- Whether a client was back on track within four sessions of a case's closing.
CREATE TABLE case_verification (
    practice_id     TEXT NOT NULL,
    case_id         TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('pending', 'back_on_track', 'still_off', 'not_measured')),
    closed_at       TIMESTAMPTZ NOT NULL,
    decided_at      TIMESTAMPTZ,
    PRIMARY KEY (practice_id, case_id),
    FOREIGN KEY (practice_id, case_id) REFERENCES care_case (practice_id, id),
    CHECK ((state = 'pending') = (decided_at IS NULL))
);
CREATE INDEX case_verification_pending ON case_verification (practice_id, case_id) WHERE state = 'pending';

-- A change of the plan: what, why, and at which session it is looked at again.
CREATE TABLE plan_change (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    case_id         TEXT,
    kind            TEXT NOT NULL CHECK (kind IN ('frequency', 'focus', 'method', 'medication', 'involve_others', 'other')),
    what_sealed     BYTEA NOT NULL,
    why_sealed      BYTEA NOT NULL,
    review_session  BIGINT NOT NULL,
    changed_at      TIMESTAMPTZ NOT NULL,
    changed_by      TEXT NOT NULL,
    outcome         TEXT CHECK (outcome IN ('kept', 'adapted', 'ended')),
    reviewed_at     TIMESTAMPTZ,
    reviewed_by     TEXT,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id),
    CHECK ((outcome IS NULL) = (reviewed_at IS NULL))
);
CREATE INDEX plan_change_episode ON plan_change (practice_id, episode_id, changed_at);

-- A clinician's wish to talk about a client in supervision.
CREATE TABLE discuss_flag (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    episode_id      TEXT NOT NULL,
    raised_by       TEXT NOT NULL,
    raised_at       TIMESTAMPTZ NOT NULL,
    note_sealed     BYTEA,
    cleared_at      TIMESTAMPTZ,
    cleared_by      TEXT,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
    FOREIGN KEY (practice_id, episode_id) REFERENCES episode (practice_id, id)
);
CREATE UNIQUE INDEX discuss_flag_open ON discuss_flag (practice_id, episode_id) WHERE cleared_at IS NULL;

-- A supervision meeting that took place.
CREATE TABLE supervision_meeting (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    supervisor_id   TEXT NOT NULL,
    clinician_id    TEXT NOT NULL,
    held_on         DATE NOT NULL,
    minutes         BIGINT NOT NULL CHECK (minutes > 0),
    note_sealed     BYTEA,
    recorded_by     TEXT NOT NULL,
    recorded_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, supervisor_id) REFERENCES staff (practice_id, id),
    FOREIGN KEY (practice_id, clinician_id) REFERENCES staff (practice_id, id)
);
CREATE INDEX supervision_meeting_pair ON supervision_meeting (practice_id, clinician_id, supervisor_id, held_on);

-- What was decided in a meeting, about a client or in general. With an owner and a day it is a follow-up.
CREATE TABLE supervision_decision (
    practice_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    meeting_id      TEXT NOT NULL,
    client_id       TEXT,
    -- Why the client was on the agenda, gravest first; none for what is about no client.
    topic           TEXT CHECK (topic IN ('risk_open', 'overdue', 'off_track', 'stalled', 'missing', 'discuss')),
    text_sealed     BYTEA NOT NULL,
    owner_id        TEXT,
    due_on          DATE,
    done_at         TIMESTAMPTZ,
    done_by         TEXT,
    PRIMARY KEY (practice_id, id),
    FOREIGN KEY (practice_id, meeting_id) REFERENCES supervision_meeting (practice_id, id),
    CHECK ((owner_id IS NULL) = (due_on IS NULL))
);
CREATE INDEX supervision_decision_meeting ON supervision_decision (practice_id, meeting_id);
CREATE INDEX supervision_decision_owner ON supervision_decision (practice_id, owner_id, due_on) WHERE done_at IS NULL AND owner_id IS NOT NULL;

-- How many alerts a person had lately.
CREATE INDEX case_reason_raised ON case_reason (practice_id, raised_at);
