# What staff read about leave, risk, plans and outcomes, in English.

# Leave and the rota
leave-link = Leave and on-call
leave-title = Leave and on-call
leave-lead = While somebody is away, their open cases are with the person who stands in. They come back when the leave is over.
leave-list = Away now and soon
leave-none = Nobody is away. Leave that is recorded appears here, with who stands in.
leave-now = Away today
leave-span = { $from } to { $until }
leave-cover = { $name } stands in
leave-end = End today
leave-take-back = Take back
leave-confirm-end = End this leave? Cases that were passed on come back at once.
leave-on-call = Who answers for a site
leave-on-call-lead = The last step of every ladder, and the owner of cases of clients without a clinician. After working hours the rota counts.
leave-on-call-now = Now: { $name }
leave-on-call-nobody = Nobody answers now
leave-on-call-day = in working hours { $name }
leave-tonight = Tonight
leave-nights = Nights of { $from } to { $until }
leave-new = Record a leave
leave-record = Record the leave
leave-cover-hint = Gets the open cases, and new ones that arise meanwhile.
leave-duty-new = Add a turn to the rota
leave-duty-add = Add the turn
field-person = Who is away
field-cover = Who stands in
field-duty_site = For the site
field-duty_person = Who answers after hours
field-duty_from = From the evening of
field-duty_until = Until the night of
wrong-away = This person is away on these days too; choose somebody else
flash-leave-saved = Recorded.

# Risk: the clock and the outcome
promise-running = To be taken up
promise-missed = Nobody took it up by { $when }
promise-kept = Taken up after { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
}, in time
promise-late = Taken up after { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
}; it was due { $when }
field-contact = Contact
reached-in_person = Face to face
reached-phone = By phone
reached-video = By video
reached-other_person = Somebody who is with the client
reached-not_reached = Nobody was reached
field-screener = C-SSRS screener
screener-hint = What it came to, as you triaged it
screener-not_done = Not asked
screener-negative = Negative
screener-low = Low risk
screener-moderate = Moderate risk
screener-high = High risk
field-safety_plan = Safety plan
safety_plan-made = Made now
safety_plan-renewed = Gone through and renewed
safety_plan-in_place = In place, left as it is
safety_plan-not_made = None
field-emergency_contact = Emergency contact
emergency_contact-informed = Told
emergency_contact-not_reached = Not reached
emergency_contact-not_needed = Did not have to be told
emergency_contact-none_on_file = None on file
field-referral = Referred to
referral-none = Nowhere
referral-crisis_service = Crisis service
referral-higher_care = Higher level of care
referral-emergency_department = Emergency department or services
referral-other = Elsewhere, see the note
wrong-unfit = This does not fit the outcome chosen; change one of the two
case-calls = Who is called next
case-calls-lead = As long as nobody takes it up. After that the last of them is called again and again.
case-calls-once = If it is due by then and nobody has taken it up. Each is told once.
case-backup = Backup: { $name }
tier-0 = owner and supervisors
tier-1 = backup
tier-2 = supervisors
tier-3 = on call

# Changes of the plan
plan-title = Changes of the plan
plan-legend = If the plan changes
plan-what-hint = What is done differently from now on, or what changed in the medication
plan-record = Record a change of the plan or a medication
plan-record-button = Record
plan-record-case = A case is open: what answers it is decided there.
plan-review-hint = There were { $sessions ->
    [one] { $sessions } session
   *[other] { $sessions } sessions
} so far.
field-plan_kind = What changes
field-what = What
field-why = Why
field-review_session = Look at it again at session
plan-frequency = How often
plan-focus = What it is about
plan-method = How you work
plan-medication = Medication
plan-involve_others = Others are brought in
plan-other = Something else
plan-because = Because: { $why }
plan-review-at = to be looked at at session { $session }
plan-review-due = Time to look at it:
plan-outcome-kept = Kept
plan-outcome-adapted = Adapted
plan-outcome-ended = Given up
timeline-plan = Plan changed ({ $kind }) · { $by }
timeline-plan-reviewed = Plan change looked at again ({ $kind }): { $outcome }
wrong-session-ahead = Enter the number of a session to come
flash-plan-recorded = The change of the plan is recorded.
flash-plan-reviewed = Recorded.

# After the closing
verification-title = After it was closed
verification-pending = Looked at until the fourth session
verification-back_on_track = Back on track
verification-still_off = Not back on track after four sessions
verification-not_measured = Not measured since
case-reopen = Open it again
case-reopen-hint = Closed by mistake? Say why. After a week, a new finding opens a new case.
flash-case-reopened = The case is open again and yours to decide.
step-reopened = Opened again
step-verified = Looked at after the closing

# Supervision
agenda-title = Agenda
agenda-of = Agenda with { $name }
agenda-mine = Your supervision
agenda-supervisors = with { $names }
agenda-hours = { $month } h this month, { $year } h this year
agenda-lead = Who may need a thought today, the gravest first. Clinician and supervisor see this same page. It says nothing about how good anyone is.
agenda-none = Nobody is on the agenda. Clients appear here when danger is open, a case is overdue, a course is off track or stalled, check-ins are missed, or you ask to talk about somebody.
topic-risk_open = Risk open
topic-overdue = Overdue
topic-off_track = Off track
topic-stalled = No reliable change by session 8
topic-missing = Three check-ins missed or more
topic-discuss = To talk about
agenda-sessions = { $sessions ->
    [one] { $sessions } session
   *[other] { $sessions } sessions
}
agenda-missed = { $missed } missed in a row
agenda-decision = Decision about { $client }
agenda-task = Who follows up
agenda-due = By
agenda-task-nobody = Nobody
agenda-record = Record the meeting
agenda-record-lead = Decisions written above are kept with it. One with a person and a day becomes a task.
agenda-general = Decision about no client
agenda-looked-at = What came of closed cases
agenda-looked-at-lead = Known in the last 60 days, and those of which nothing is known yet.
agenda-closed = closed { $when }
agenda-plans = Plan changes to look at
agenda-log = Earlier meetings
agenda-log-none = None recorded yet.
agenda-meeting = { $day }, { $minutes } min, { $by }
agenda-follow-up = follow-up: { $who }
supervision-own = My own supervision
agenda-looks = Who looked
agenda-looks-lead = Looks of your supervisors at these clients in the last 30 days, also of those whose supervision has ended since. Looks are part of the audit.
agenda-looks-more = The latest { $shown } of { $count } are listed.
agenda-looks-none = Nobody looked in the last 30 days.
look-agenda = this agenda
look-chart = the chart
look-case = a case
look-list = a list with these clients
follow-ups = To follow up
follow-up-due = by { $day }
follow-up-late = was due { $day }
discuss-title = Supervision
discuss-raise = Talk about it in supervision
discuss-hint = What you want to ask; may be left empty.
discuss-raised = On the agenda
discuss-clear = Take off the agenda
field-discuss_note = What about
field-held_on = Day of the meeting
field-task = Who follows up
field-due = By
flash-discuss-saved = Recorded.
flash-meeting-saved = The meeting is recorded. Follow-ups are on the list of whoever has them.
flash-follow-up-done = Done.

# Charts and small multiples
chart-event-case = case opened
chart-event-plan = plan changed
chart-event-medication = medication
chart-event-no_show = no-show
chart-event-version = questionnaire changed: scores before and after it cannot be compared
client-multiples = All scores

# The support check
support-title = What may stand in the way
support-lead = Twelve statements by the client about working together, motivation, support, life events, barriers and treatment. Constructed for this product, not validated: something to ask about, nothing more.
support-ask = Send the support check
support-again = Send it again
support-answered = Answered { $when }
support-out = Sent, not answered yet
support-score = { $score } of { $highest }
support-low = Worth a question
check-title = Gone through with the supervisor
check-answers_read = The answers were read together
check-risk_asked = Danger was asked about, whatever the answers said
check-domains_seen = What may stand in the way was gone through
check-plan_seen = Formulation and plan were looked at
check-words_found = It is clear what is raised with the client, and how
check-next_step = The next step has a person and a day
flash-support-sent = The support check is on its way.

# Alerts and the bell
bell-label = Cases that wait for you:
step-bundled = To be told with others, once a day
meter = Alerts in the last 7 days: { $alerts } of { $budget }. Danger never counts.
meter-bundled = The budget is used up: further follow-ups come together, once a day.
meter-simulate = What a higher threshold would do
meter-factor = { $factor } × the reliable change: { $alerts } alerts
meter-lead = Counted on your own alerts of these days. Thresholds are the instruments’; they are not changed here.
field-alert_budget = Alerts told one by one in 7 days
hint-alert_budget = Beyond that, follow-ups come once a day. Danger always comes at once.

# A client's own words, and the phrases they are searched for
section-phrases = Phrases to read
section-phrases-lead = What a client writes in their own words is searched for these phrases. A hit asks a person to read the words, nothing more.
phrases-how = How it works
phrases-how-found = A phrase in a client’s words adds a reason to their case: owner and supervisor are told, and it is due before the next session or at noon of the next business day. The client is shown the crisis numbers.
phrases-how-words = Whole words in their order, whatever their case, accents or punctuation. A word that ends in * also finds all that begin with it.
phrases-how-negation = What is denied, quoted or meant otherwise is not understood: “I do not want to die” is found as well. Only a person can read it.
phrases-how-case = It is no diagnosis and no measure of danger, and no hit does not mean no danger.
phrases-how-items = The questions about danger have rules of their own, which no list changes.
phrases-source = The list that ships: { $source }, { $date }.
phrases-list = The list in use
phrases-version = Version { $version }
phrases-versions = Versions
phrases-shipped = as shipped
phrases-hint = One phrase a line.
phrases-why-hint = Kept with the version, for whoever asks later.
field-phrases_en = English
field-phrases_es = Spanish
field-phrases_why = Why is it changed?
phrase-line = line { $line }
phrase-short = at least four letters
phrase-long = at most 80 characters
phrase-star = a * stands only at the end of a word

# What may help where a domain of the support check is low
section-suggestions = Support suggestions
section-suggestions-lead = What a case shows beside a domain of the support check that is low. A list to think with, in this practice’s words.
suggestions-how = Where a client’s answers to the support check leave a domain below its threshold, the case shows these lines to its clinician and supervisor, each with its source. They are no advice for anybody, and nothing is done because of them.
suggestions-list = The list in use
suggestions-hint = One a line: the words, then | and where they come from. What the practice made up says “Constructed”.
suggestions-bad-text = no words before the |
suggestions-bad-source = no source after a |
suggestions-bad-long = at most 400 characters before and after the |
field-suggestions = Suggestions
field-suggestions_why = Why is it changed?
did-suggestions-change = Changed the support suggestions
words-title = In the client’s own words
words-found = On the list of phrases: { $phrases }
words-read = A person must read this. What is denied or quoted is found too.
rule-risk_phrase = Own words to be read
reason-risk_phrase = The client’s own words hold { $value } phrases of the practice’s list: read them
short-risk_phrase = Own words to be read
