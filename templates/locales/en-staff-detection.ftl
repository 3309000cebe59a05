# Expected treatment response, the rules of detection, and what they are worth, in English.

rule-probable_bad_end = Improvement unlikely
rule-outside_band_twice = Outside the expected course
rule-little_change = Little early change
rule-two_rises = Worse twice in a row
rule-worst_ever = Worst score so far
rule-ceiling = No room to improve
reason-probable_bad_end = { $instrument } { $value } at session { $session }: outside the expected course, no reliable improvement to be expected ({ $probability } %)
reason-outside_band_twice = { $instrument } { $value }: outside the expected course twice in a row (limit { $threshold })
reason-little_change = { $instrument } { $value } at session { $session }: less than { $threshold } % better than { $reference }
reason-two_rises = { $instrument } { $value }: worse twice in a row, { $change } since { $reference }
reason-worst_ever = { $instrument } { $value }: the worst score so far (before: { $reference })
reason-ceiling = { $instrument } began at { $reference }: no room for a reliable improvement
short-probable_bad_end = { $instrument }: improvement unlikely ({ $probability } %)
short-outside_band_twice = { $instrument } { $value }: outside the expected course
short-little_change = { $instrument }: little change by session { $session }
short-two_rises = { $instrument } { $value }: worse twice in a row
short-worst_ever = { $instrument } { $value }: worst so far
short-ceiling = { $instrument }: no room to improve

chart-expected = Dotted: the course expected from the first score; the band holds 80 % of new scores
chart-forecast = Dashed: forecast from all scores so far, with its 80 % range
chart-expected-column = Expected (80 %)
chart-ahead-expected = ahead, expected from the first score
chart-ahead-forecast = ahead, forecast from all scores
expectation-published = Band constructed from published figures, not a published curve: { $source }; n = { $courses } courses. Not yet checked in this practice.
expectation-practice = Band learned from { $courses } courses of this practice (model { $version }, { $dated }).
expectation-forecast-show = Show the forecast from all scores
expectation-forecast-hide = Hide the forecast
expectation-forecast = { $scores ->
    [one] From one score: { $median } at session { $session }, 80 % between { $low } and { $high }.
   *[other] From all { $scores } scores: { $median } at session { $session }, 80 % between { $low } and { $high }.
}
doubt-same_end = All { $answers } answers lie at the same end, also those to the { $reversed } questions that are asked the other way round. Both can hardly be true at once: ask about it before relying on this score.
doubt-hasty = { $answers } questions were answered in { $seconds } s, faster than they can be read. Ask about it before relying on this score.

signals-title = What the rules said last
signals-expected = expected { $band }
signals-probability = no reliable improvement { $percent } %
signals-model = model { $model }
signals-rules = rules { $rules }
agreement-uncalibrated = uncalibrated
agreement-calibrated = calibrated

because-functional_and_improved = Functional and reliably improved: time to plan the ending.
because-too_few_scores = Fewer than two scores so far.
because-stale = The last score is more than 21 days old.
because-below_caseness = The first score was below caseness: there is little to improve.
because-no_baseline = No score from around the first session to compare with: the questionnaire came late, or is a new one in this course.

budget-alerts = Alerts and the budget
budget-alerts-lead = { $budget ->
    [one] A clinician is told of one alert in seven days by itself; further ones come together, once a day. Danger never counts.
   *[other] A clinician is told of { $budget } alerts in seven days one by one; further ones come together, once a day. Danger never counts.
}
budget-look = Look for thresholds within the budget
budget-rules = Rules
budget-a-week = Alerts per week
budget-found = Bad ends found before
budget-as-now = As they are now
budget-suggested = Suggested
budget-over = over the budget
budget-unknown = too few courses
budget-try = Look
budget-nobody = No clinician had a score in the last { $days } days.
budget-explain = Averages of { $clinicians ->
    [one] one clinician
   *[other] { $clinicians } clinicians
} and the last { $days } days, by the functions that judge real scores; bad ends are closed courses without reliable improvement, over all questionnaires. Suggested is, of what keeps within the budget, what finds the most of them; where nothing does, what raises the fewest alerts. Reliable deterioration always stays. Questionnaires with rules of their own are not counted.
