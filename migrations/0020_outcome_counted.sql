-- The page of outcomes adds up a year's courses out of one index and never looks at the rows.
DROP INDEX outcome_closed;
CREATE INDEX outcome_counted ON outcome (
    practice_id, lens, closed_on, site_id, language, clinician_id, programme_id, payer_id, modality_id, problem_id,
    first_score, last_score, paired, caseness, change, recovered, responded, remitted
);
