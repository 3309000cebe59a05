# Messages, protocols and what reaches clients, in English.

section-messages = Messages
section-messages-lead = The words of texts and mails, and days on which none goes.
messages-lead = What clients receive. No message can carry a name, a questionnaire or a score.
message-template-invite = Check-in is ready
message-template-reminder = Reminder of a check-in
message-template-appointment = Reminder of an appointment
message-template-help = Answer to HELP
message-template-not_monitored = Answer to any other text
message-own = your words, version { $version }
message-ours = Bellwether’s words
message-segments = { $count ->
    [one] 1 segment
   *[other] { $count } segments
}
messages-when = When messages go
messages-sender = Sender
messages-hours = Hours
messages-unknown-hours = Zone unknown
messages-reminder = Reminder
messages-fallback = Other channel, if not opened
messages-ends = Link ends
messages-after-hours = { $hours ->
    [one] after 1 hour
   *[other] after { $hours } hours
}
messages-no-reminder = none
messages-settings = Change these in the settings
holidays = Days without messages
holidays-lead = No client is written to on these days, in the client’s own time zone. What falls on one goes the next day; a reminder goes the day before.
holidays-none = None planned.
holiday-add = Add day
field-holiday = Day
field-holiday_name = Name
field-subject = Subject
field-body = Text
hint-subject = Stays on lock screens: only {"{practice}"} may stand in it.
hint-body-sms = One line. It must keep a word on how to opt out: STOP.
hint-body-email = {"{link}"} stands on a line of its own and becomes a button. How to opt out is added below.
message-edit = Edit
message-save = Save
message-preview = Preview
message-cost = { $segments ->
    [one] 1 segment: { $units } of { $room } characters with the longest values.
   *[other] { $segments } segments: { $units } of { $room } characters with the longest values.
}
alphabet-gsm7 = Plain alphabet.
alphabet-ucs2 = A character outside the plain alphabet makes it shorter: 70 characters instead of 160.
message-offending = Cannot be used:
message-placeholders = What may stand in braces
message-placeholders-why = The list is closed. None of these says who the client is or what is asked.
placeholder-practice = your neutral name
placeholder-link = the link of this message
placeholder-phone = your telephone number
placeholder-emergency = the emergency number
placeholder-minutes = about how many minutes it takes
placeholder-open_until = the day until which the link works
placeholder-when = day and time of the appointment
placeholder-needed = needed
message-back = Use Bellwether’s words again
message-back-lead = Your versions stay on record.
wrong-brace = A brace has no partner: write {"{practice}"} with both
wrong-placeholder = Something in braces is not on the list and could say something about the client; take it out
wrong-link-missing = Add {"{link}"}: without it nobody can answer
wrong-placeholder-missing = Add what is marked as needed
wrong-link-in-line = Put {"{link}"} on a line of its own
wrong-own-link = Take out the address: carriers filter texts with links of their own
wrong-opt-out = Say how to opt out: the word STOP
wrong-names-instrument = It names a questionnaire; say “check-in” instead
wrong-segments = Make it shorter: at most two segments
wrong-past = Choose today or a later day
occasion-event = Event
occasion-discharge = At discharge
occasion-follow_up = Follow-up

planner = The next weeks
planner-lead = { $weeks } weeks from today, for { $episodes ->
    [one] one open episode
   *[other] { $episodes } open episodes
}. Sessions that are not booked yet are not in it.
planner-week = Week
planner-total = In all
planner-now = Now
planner-then = Then
planner-check-ins = Check-ins
planner-dropped = { $count ->
    [0] Nothing is left out by the budget.
    [one] One questionnaire is left out by the budget.
   *[other] { $count } questionnaires are left out by the budget.
}
planner-unreachable = { $count ->
    [0] Every check-in has a channel.
    [one] One check-in has no channel the client agreed to.
   *[other] { $count } check-ins have no channel the client agreed to.
}
planner-others = Asked of others
planner-others-note = Others are sent nothing: they are asked in person, by whoever treats the client.
planner-not-asked = { $count ->
    [0] Every line for others has somebody to ask.
    [one] One line for others has nobody to ask.
   *[other] { $count } lines for others have nobody to ask.
}
planner-moving = { $count ->
    [one] One episode moves to another version within these weeks, as announced: it is counted under each version for its time.
   *[other] { $count } episodes move to another version within these weeks, as announced: they are counted under each version for its time.
}
protocol-effect = What this would ask
protocol-effect-lead = The next { $weeks } weeks as they are and as they would be, if { $episodes ->
    [one] the one open episode
   *[other] all { $episodes } open episodes
} of this protocol moved today. Nothing has been published.
protocol-effect-lead-from = The next { $weeks } weeks as they are and as they would be, if { $episodes ->
    [one] the one open episode
   *[other] all { $episodes } open episodes
} of this protocol moved on { $day }. Nothing has been published.
protocol-scheduled = { $name }: version { $version } from { $day }
protocol-scheduled-lead = It is published and waits for its day. Until then version { $before } stays in force: new episodes begin under it, and running ones keep theirs.
protocol-scheduled-new = It is published and waits for its day. New episodes can begin under it from { $day }.
protocol-begin-lead = { $episodes ->
    [0] No open episode is under an earlier version. Those that begin until then move too, once a reason is given.
    [one] One open episode keeps its version also then, unless you say why it moves.
   *[other] { $episodes } open episodes keep their version also then, unless you say why they move.
}
protocol-begin-do = Move at the first session from then on
protocol-begin-moves = Running episodes move to it at their first session from then on, { $episodes } as things are:
field-begin_reason = Why running episodes move then
protocol-withdraw = Withdraw this version
confirm-protocol-withdraw = Withdraw version { $version } of { $name }? The version in force stays.
field-in_force_from = In force from
hint-in_force_from = Empty means today. Until a later day, new episodes begin under the version before it.
protocol-published = published { $day }
protocol-from = from { $day }
protocol-state-scheduled = Waits for its day
protocol-state-current = In force
protocol-state-retired = Retired
protocol-state-withdrawn = Withdrawn before its day
wrong-others-rhythm = Others are asked only while the episode is open, and no score of theirs is a remission: choose another time or end
wrong-too-far = Choose a day within a year from today
wrong-scheduled = A version of this protocol is published already and waits for its day; withdraw it first
wrong-begun = It is in force already or was withdrawn; publish another version instead
protocol-preview = Show what it would ask
protocol-move = Move running episodes to version { $version }
protocol-move-lead = { $episodes ->
    [one] One open episode is under an earlier version.
   *[other] { $episodes } open episodes are under earlier versions.
} { $waiting ->
    [0] None is on its way.
    [one] One moves at its next session.
   *[other] { $waiting } move at their next session.
}
protocol-differences = What changes from version { $since } to { $version }
protocol-differences-none = Nothing: it asks the same.
protocol-move-do = Move at the next session
field-move_reason = Reason
hint-move_reason = Kept with each episode that moves.
field-apply_reason = Reason for moving them now
protocol-file = The protocol as a file
protocol-as-file = As a file
protocol-file-line = Line { $line } cannot be read:
field-protocol_file = File
hint-protocol_file = What is published here becomes the next version of the protocol of its name.
lines-further = Further lines
lines-further-lead = Other rhythms, conditions, and lines that end.
line-n = Line { $number }
line-none = none
line-any = any
line-more = Conditions, priority, end
line-at-remission = Ends at remission, and begins again when the score leaves it
field-line_rhythm = When
field-line_rater = Who answers
line-by-client = answered by the client
line-by-clinician = answered by the clinician
line-by-parent = answered by a parent
line-by-partner = answered by a partner
line-by-caregiver = answered by anybody close to the client
field-line_number = Number
field-line_from = From session
field-line_weight = Weight
field-line_priority = Priority, 1 to 9
field-line_from_age = From age
field-line_to_age = To age
field-line_language = Language
line-only = Leave everything unticked to ask everybody. Ticks of one list are alternatives; every list that has one must apply.
field-line_site = Only at these sites
field-line_programme = Only in these programmes
field-line_problem = Only in therapy for
field-line_consented = Only of clients who agreed to check-ins by
field-line_times = Ends after so many answers
weight-core = core
weight-supplemental = supplemental
line-rhythm-intake = at intake
line-rhythm-before_session = before every (number) session
line-rhythm-after_session = after every (number) session
line-rhythm-every_days = every (number) days
line-rhythm-every_weeks = every (number) weeks
line-rhythm-every_months = every (number) months
line-rhythm-discharge = at discharge
line-rhythm-follow_up = (number) months after discharge
line-rhythm-no_show = after a missed session
line-rhythm-case_opened = when a case is opened
line-says-intake = at intake
line-says-before_session = { $number ->
    [one] before every session
   *[other] before every session in { $number }
}
line-says-after_session = { $number ->
    [one] after every session
   *[other] after every session in { $number }
}
line-says-every_days = { $number ->
    [one] every day
   *[other] every { $number } days
}
line-says-every_weeks = { $number ->
    [one] every week
   *[other] every { $number } weeks
}
line-says-every_months = { $number ->
    [one] every month
   *[other] every { $number } months
}
line-says-discharge = at discharge
line-says-follow_up = { $number ->
    [one] a month after discharge
   *[other] { $number } months after discharge
}
line-says-no_show = after a missed session
line-says-case_opened = when a case is opened
line-says-budget = at most { $number } questions in seven days
budget = Budget of seven days
budget-lead = Above it, supplemental lines are left out, the highest number of priority first. Core lines and the client’s own goals are always asked; goals count as well. Empty means no limit.
field-budget_items = Questions
field-budget_seconds = Seconds
wrong-file = The file cannot be read; the line is named below
wrong-no-supplemental = A budget needs at least one supplemental line that may be left out
wrong-only-protocol = This is the only one in force, and a new episode needs one; publish another under a name of its own and make it the default first
wrong-default-protocol = New episodes begin under this one; make another the default first, then retire it

planner-title = Plan and exceptions
plan-lead = { $protocol }, version { $version }. The next { $weeks } weeks; sessions that are not booked yet are not in it.
plan-ahead = To come
plan-out = With the client now
plan-empty = Nothing is planned: there is no session to come and nothing falls due.
plan-dropped = { $instrument } is left out: with it, seven days would have { $items } questions of { $budget }.
plan-goals = { $count ->
    [one] one question about their own goal
   *[other] { $count } questions about their own goals
}
plan-load = at most { $questions } questions, about { $minutes } min
plan-dropped-seconds = { $instrument } is left out: with it, seven days would have { $seconds } s of questions of { $budget }.
plan-dropped-goals = { $count ->
    [one] One of the questions is about a goal of the client’s own; that one always stays.
   *[other] { $count } of the questions are about the client’s own goals; those always stay.
}
plan-others-lead = What the protocol asks of others. Nothing is sent to them: rate it, or hand out the card.
plan-others-due = Due now
not-asked-no_clinician = Not asked: the episode has no clinician.
not-asked-nobody_agreed = Not asked: nobody of that kind was agreed to.
not-asked-language = Not asked: it is not there in the language of whoever was agreed to.
not-asked-instrument = Not asked: the questionnaire may not be used now.
plan-moves = Versions
plan-move = Version { $before } to { $after }
plan-move-done = since { $day }
plan-move-waits = at the next session
plan-move-from = at the first session from { $day }
exceptions = Exceptions
exceptions-none = This client is asked what the protocol says.
exception-skip = Left out
exception-add = Added
exception-until = until { $day }
exception-over = over
exception-end = Take back
exception-add-do = Record exception
field-exception_what = What is different
field-exception_instrument = Questionnaire
field-exception_rater = Who answers
hint-exception_rater = Nothing is sent to anybody but the client.
field-exception_rhythm = When it is asked
field-exception_number = Number
field-exception_from = From session
field-exception_times = Ends after so many answers
field-exception_reason = Reason
field-exception_until = Until
exception-cadence = Only where one is added:
hint-exception_until = Empty means until it is taken back.

other-ways = Without a message
way-here = On this device
way-card = Card with a code
way-paper = Print the questions
way-enter = Enter answers
confirm-here = You will be signed out of this device, and the client can begin. Go on?
entry-title = Enter answers
entry-how = How the answers came
entry-declined = preferred not to answer
entry-only-after = Further questions: only where { $name } came to { $least } points or more. The answers to { $name } count here too. Leave these blank if they were not asked.
entry-rule = What is left blank counts as not answered. An answer about danger tells the people responsible at once, as if the client had sent it.
entry-do = Take the answers in
field-mode = By
mode-paper = paper
mode-phone = telephone
field-answered_on = Given on
field-answered_at = At
field-answers = Answers
hint-answered_on = The day the client gave them, not the day they are typed.
wrong-answer = Choose one of the answers, or write a number in the range
card-title = Card with a code
card-lead = Print it or let the client scan it from the screen. It names nobody; whoever has it can answer.
card-back = Back to the client
card-code = The link as a code
card-until = Works until { $day }
paper-title = Questions on paper
paper-lead = Please answer for yourself. There are no right or wrong answers.
paper-only-after = For the person who hands this out: needed only where the answers to { $name } come to { $least } points or more.
paper-name = Name:
paper-date = Date:
paper-crisis = If you are in danger or thinking of harming yourself:

way-code = Code for the kiosk
kiosks = Kiosks
kiosks-lead = Tablets in the waiting room. A code opens a check-in; the screen is cleared after a minute and when the answers are in.
kiosks-none = None yet.
kiosk-add = Set up a kiosk
kiosk-revoke = Take out of use
kiosk-locked-until = takes no codes until { $time }
kiosk-pairing = Pair “{ $name }”
kiosk-pairing-how = Within the hour, type this on the device at
field-kiosk_name = Name
kiosk-card-title = Code for the kiosk
kiosk-card-lead = It opens this one check-in, on any kiosk of the practice.
kiosk-card-standing = The client’s own code: it opens whatever is due. The one before no longer works. It is shown this once.
kiosk-own = Code of their own
kiosk-own-lead = For clients who come often and use the kiosk: one code that stays.
kiosk-own-do = Make a new code

delivery-title = Delivery
delivery-lead = How far the check-ins of a period came, from being planned to being handed in, and where they stopped.
delivery-by-channel = Channel
delivery-by-site = Site
delivery-by-language = Language
delivery-by-reminder = Reminders sent
field-from = First day
field-until = Last day
field-by = In groups by
delivery-show = Show
delivery-funnel = From planned to handed in
delivery-all = All
delivery-share = ({ $share } %)
delivery-how = Shares are of the planned. Texts count as delivered when the provider says so, mails when the mail server took them. Opened means that Start was pressed. A check-in handed over in person is handed in without having been sent.
delivery-none = No check-in was planned in this period.
delivery-in-person = Handed over in person
delivery-reminders-0 = none
delivery-reminders-1 = one
delivery-leaks = Where the others got lost: the leak report
stage-planned = Planned
stage-sent = Sent
stage-delivered = Delivered
stage-opened = Opened
stage-started = Answered
stage-completed = Handed in
