# What staff read on their pages, in English. Sentences of rules and states are chosen by name: reason-<rule>, step-<kind> and so on.

# Around every page
demo-banner = Demo practice. Nobody in it exists, and nothing leaves this machine: mails and texts go to the outbox.
nav-tasks = Tasks
find-label = Find a client
find-button = Search
idle-warning = You will be signed out in two minutes because nothing has happened for a while. What you typed stays if you continue.
idle-stay = Stay signed in
copy = Copy
copied = Copied
print = Print
edit = Edit details
record = Record
save = Save
cancel = Cancel
choose-one = Choose …
never = Never
none-planned = None planned
not-answered = Not answered
by-system = System
due-past = Was due
due-ahead = Due
next-session = Next session { $when }
next-session-none = No next session
pager-label = Pages
pager-range = { $from }–{ $until } of { $total }
pager-previous = Previous
pager-next = Next

# Said once after something was done
flash-saved = Saved.
flash-check-in-sent = The check-in is on its way.
flash-check-in-withdrawn = The check-in was withdrawn. Its link no longer works.
flash-case-acknowledged = You have taken up the case. Nobody else will be called about it.
flash-case-step-recorded = Recorded on the case.
flash-case-closed = The case is closed.
flash-risk-disposed = The outcome of the risk reason is recorded.
flash-reassigned = Passed on. The new person has been told.
flash-discharged = The episode has ended. Open check-ins were withdrawn.
flash-appointment-saved = The appointment is saved and its check-ins are planned again.
flash-consent-recorded = The decision is recorded.
flash-task-done = Task done.
flash-invite-sent = The invitation is on its way.
flash-deactivated = The account can no longer sign in.
flash-protocol-published = The new version is in force for new episodes.
flash-protocol-scheduled = Published. It comes into force on its day; until then it can be withdrawn.
flash-protocol-beside = It is in force. New episodes begin under the default unless somebody chooses this one.
flash-wording-confirmed = The wording is confirmed and may be used.
flash-nothing-changed = Nothing was different, so nothing was changed.
flash-check-in-already-out = A check-in is out already, so nothing was sent. “Send again” beside it sends a fresh link.
flash-check-in-underway = The client is answering this check-in, so nothing was sent.
flash-not-possible = That cannot be done any more. The page shows how things are now.

# Sign-in and what comes before it
login-title = Sign in
login-button = Sign in
login-forgot = Forgotten your password or lost your phone? Ask your administrator for a new link.
login-demo = Demo accounts
refused-mismatch = Mail address and password do not belong together.
refused-too_many = There were too many attempts. Wait 15 minutes and try again.
left-signed_out = You are signed out.
left-idle = You were signed out because nothing happened for a while.
left-age = You were signed out because the session had reached its greatest age. Please sign in again.
left-changed = You were signed out because your password or second factor was changed.
factor-title = Second step
factor-hint = The six digits in your authenticator app, or one of your recovery codes
factor-button = Continue
factor-lost = A recovery code works once. Without app and codes, ask your administrator for a new start.
enrol-title = Set up the second step
enrol-lead = From now on, signing in needs your password and a code from an app on your phone.
enrol-scan = Scan this with your authenticator app.
enrol-qr = QR code for the authenticator app
enrol-type = Cannot scan? Type this key
enrol-confirm = Type the six digits the app shows now.
enrol-button = Confirm
recovery-title = Your recovery codes
recovery-lead = Each of these works once when your phone is not at hand. They are shown only now: print them or keep them in a password manager.
recovery-done = I have kept them
choose-title = Choose a password
choose-lead = { $name }, you will sign in with { $email }.
choose-button = Save and continue
password-hint = At least 12 characters. A sentence is easier to remember than symbols.
door-signed-out = You are signed out
door-signed-out-lead = On a shared computer, close the browser too.
door-link-over = This link has been used or has expired
door-link-over-lead = Sign in with your password, or ask your administrator for a new link.
door-setup-done = This practice is set up
door-setup-done-lead = The setup address works once. Sign in to continue.
setup-title = Set up your practice
setup-lead = Five minutes now; everything can be changed later under Administration.
setup-practice = The practice
setup-owner = You, the owner
setup-treats = I see clients myself
setup-button = Create the practice
setup-next = Next: the second step of your sign-in, crisis resources, and inviting your staff.

# Today
today-title = Today
today-cases = Cases
today-cases-none = No open cases. A case appears here when an answer asks for attention: danger, off track, or silence.
today-sessions = Sessions
today-sessions-none = No sessions today. With each session you will see here whether its check-in is done.
today-others = How others see it: due
today-attention = Worth a look
today-attention-none = Nobody is off track or silent. Clients who are will be listed here with the reason.
today-nothing = Nothing is waiting for you
check-in-done = Done { $when }
check-in-answering = Answering now: { $answered } of { $total }
check-in-part_done = Part done: { $answered } of { $total }
check-in-sent = Sent, not begun
check-in-not_sent = Not sent
check-in-planned = Will be sent { $when }
check-in-expired = Missed
check-in-none = No check-in asked
send-now = Send now
send-again = Send again
withdraw = Withdraw

# States and reasons
signal-red = Off track
signal-amber = Watch
signal-green = On track
signal-blue = Recovered
signal-grey = Too little data
level-urgent = Risk: urgent
level-review = Risk: review
level-routine = Follow up
trend-reliably_better = reliably better
trend-better = better
trend-same = the same
trend-worse = worse
trend-reliably_worse = reliably worse
alliance-drop = Feedback fell
alliance-low = Feedback is low
rule-risk_item = Answer about danger
rule-risk_unknown = Question about danger skipped
rule-reliable_deterioration = Reliable deterioration
rule-worse_than_best = Worse than the best score
rule-no_improvement = No improvement yet
rule-silence = Silence
rule-alliance_drop = Session feedback
rule-amendment = Two different answers
rule-scoring_failed = Not scored
reason-risk_item = { $instrument }, “{ $item }”: { $answer } ({ $value })
reason-risk_unknown = { $instrument }, “{ $item }” was not answered: unknown, not negative
reason-reliable_deterioration = { $instrument } { $value }, { $change } since the first score of { $reference } (reliable from { $threshold } on)
reason-worse_than_best = { $instrument } { $value }, { $change } from the best score of { $reference } (reliable from { $threshold } on)
reason-no_improvement = { $instrument } { $value } at session { $session }: no reliable improvement since { $reference }
reason-silence = { $ahead ->
    [nothing] No next appointment; check-ins missed in a row: { $missed }
   *[other] { $missed } check-ins missed in a row
}
reason-alliance_drop = { $instrument } { $value } after { $reference }: ask how the session felt
reason-amendment = Two devices handed in different answers; both are kept
reason-scoring_failed = The answers of { $instrument } are kept but could not be scored
short-risk_item = { $instrument }, item about danger: { $value }
short-risk_unknown = { $instrument }, item about danger skipped
short-reliable_deterioration = { $instrument } { $change } since the first score
short-worse_than_best = { $instrument } { $change } from the best score
short-no_improvement = No reliable improvement by session { $session }
short-silence = { $ahead ->
    [nothing] No next appointment, check-ins missed: { $missed }
   *[other] { $missed } check-ins missed
}
short-alliance_drop = { $instrument } { $value } after { $reference }
short-amendment = Two different answers
short-scoring_failed = { $instrument } not scored
and-more = { $count ->
    [one] and { $count } more
   *[other] and { $count } more
}
case-state-open = Open
case-state-acknowledged = Taken up
case-state-reviewed = Reviewed
case-state-discussed = Discussed
case-state-decided = Decided
case-state-closed = Closed
owner-you = Yours
owner-is = Owner: { $name }
case-acknowledge = I’ll take it
case-look = Open case

# Channels, messages, check-ins, appointments, consents
channel-sms = Text
channel-email = Mail
message-invite = Check-in link
message-reminder = Reminder
message-new_link = New link
message-case_notice = Case notice
message-risk_notice = Risk notice
message-escalation = Escalation
message-staff_invite = Staff invitation
message-auto_reply = Automatic reply
standing-planned = planned
standing-queued = waits its turn
standing-sending = being sent
standing-accepted = sent
standing-delivered = delivered
standing-undelivered = not delivered
standing-failed = could not be sent
standing-cancelled = not sent
standing-unknown = outcome unknown
message-code = code { $code }
message-text = Text of the message
cancelled-no_consent = no consent for this channel
cancelled-opted_out = the number asked for no more
cancelled-no_address = no address on file
cancelled-packet_closed = the check-in was over
cancelled-discharged = the episode has ended
cancelled-quiet_hours = quiet hours left no time
cancelled-acknowledged = somebody took the case up first
cancelled-recipient = the recipient may no longer receive it
occasion-intake = First check-in
occasion-before_session = Before session
occasion-after_session = After session
occasion-regular = Regular
occasion-on_request = On request
packet-planned = planned
packet-open = open
packet-completed = completed
packet-expired = missed
packet-withdrawn = withdrawn
appointment-scheduled = Scheduled
appointment-attended = Attended
appointment-cancelled = Cancelled in time
appointment-late_cancelled = Cancelled late
appointment-no_show = No-show
purpose-check_in = Check-ins
purpose-appointment = Appointment reminders
consent-given = agreed
consent-withdrawn = withdrawn
consent-none = never asked
consent-give = Record consent
consent-withdraw = Record withdrawal
consent-wording = wording { $version }
consent-source-import = from an import
consent-source-staff = recorded by staff
consent-source-client = by the client
consent-source-keyword = by a text such as STOP

# Caseload and search
caseload-total = { $total ->
    [one] { $total } client, those who need attention first
   *[other] { $total } clients, those who need attention first
}
caseload-filtered = { $total } of { $all } clients
caseload-empty = Your caseload is empty
caseload-empty-lead = Clients appear here when an episode is assigned to you. The front desk or an administrator does that under Administration.
caseload-none-found = No client matches these filters.
caseload-no-scores = No scores yet
caseload-case = Open case
caseload-risk = Open risk case
column-name = Client
column-attention = Status
column-scores = Last scores
column-last = Now, since first
column-sessions = Sessions
column-completed = Last check-in
column-next = Next session
filter-signal = Status
filter-clinician = Clinician
filter-site = Site
filter-button = Show
filter-clear = Clear filters
signal-filter-all = All
signal-filter-red = Off track
signal-filter-amber = Watch
signal-filter-green = On track
signal-filter-blue = Recovered
signal-filter-grey = Too little data
search-title = Search
search-found = { $count ->
    [one] { $count } client found
   *[other] { $count } clients found
}
search-none = Nobody found
search-none-lead = Try part of the name, the phone number or the mail address. Only clients you may see are searched.

# Charts
chart-title = { $name }: scores over sessions
chart-desc-lower = Scale from { $lowest } to { $highest }, lower is better.
chart-desc-higher = Scale from { $lowest } to { $highest }, higher is better.
chart-desc-last = Last score { $value } on { $day }. All values are in the table below.
chart-lower = lower is better
chart-higher = higher is better
chart-cutoff = Cut-off { $value }
chart-bracket = Bracket: a change is reliable from { $points } points on
chart-missed = { $count ->
    [one] ○ { $count } check-in missed
   *[other] ○ { $count } check-ins missed
}
chart-missed-at = Session { $session }, { $day }: missed
chart-point = Session { $session }, { $day }: { $value }
chart-last-scores = Last scores: { $scores }
chart-table = { $name } as a table
chart-session = Session
chart-day = Day
chart-score = Score
chart-change = Since first
chart-band = Range
chart-row-missed = missed
heat-title = Answers by item
heat-caption = { $name }: the last answers by item
heat-item = Item
heat-moved = Moved

# The client page
client-called = called { $name }
client-age = { $age } years
client-unassigned = No clinician assigned
client-since = In care since { $when }
client-discharged = Discharged { $when }
contact-phone = Phone
contact-email = Mail
contact-emergency = In an emergency
contact-emergency-none = No emergency contact on file
contact-guardian = Messages go to
client-send = Send check-in now
client-printed = Printed by { $who }; data as of that moment
client-glance = At a glance
changed = { $instrument } went from { $from } to { $to } since last time:
changed-moved = Moved most: { $items }.
client-cases = Cases
client-cases-closed = { $count ->
    [one] One closed case
   *[other] { $count } closed cases
}
case-of = Case of { $day }
case-closed-on = closed { $when }
client-no-scores = No scores yet
client-no-scores-lead = After the first check-in you will see the course of each instrument here, with its cut-off and what changed.
risk-title = { $instrument }: item about danger
risk-unknown = Not answered – unknown
risk-changed = changed before handing in
client-timeline = Timeline
client-timeline-earlier = { $count ->
    [one] One earlier entry
   *[other] { $count } earlier entries
}
client-timeline-none = Nothing yet. Messages, check-ins, sessions and cases will be listed here, planned ones too.
timeline-planned = planned
timeline-check-in = Check-in ({ $occasion }): { $state }
timeline-session = Session with { $with }: { $state }
timeline-case = Case
timeline-consent = Consent, { $purpose } by { $channel }: { $state }
timeline-assigned = Assigned to { $to }
timeline-started = Episode began
timeline-discharged = Discharged: { $reason }
snippet-title = For your note
client-packets = Check-ins
client-packets-earlier = { $count ->
    [one] One earlier check-in
   *[other] { $count } earlier check-ins
}
client-packets-none = None yet. They are planned from the protocol and the appointments.
client-appointments = Appointments
client-appointments-none = None yet.
appointment-add = Add an appointment
appointment-state = What happened on { $when }
client-consents = Consents
reassign-title = Pass on to another clinician
reassign-hint = The open case, if there is one, goes along.
reassign-button = Pass on
discharge-title = End the episode
discharge-hint = Open check-ins are withdrawn; the record stays.
discharge-button = End the episode
discharge-case = The open case
discharge-completed = Goals met, agreed by both
discharge-dropped_out = Stopped without agreement
discharge-referred = Referred elsewhere
discharge-moved = Moved or changed insurance
discharge-died = Died
discharge-other = Other
confirm-withdraw = Withdraw this check-in? Its link stops working.
confirm-discharge = End the episode now?

# The case page
case-title = Case
case-heading = Case: { $client }
case-opened = opened { $when }
case-reasons = Why it is open
case-history = What was done
case-missing = Before it can be closed
case-missing-none = Nothing is missing.
missing-acknowledgement = Somebody takes it up
missing-review = The answers are reviewed
missing-decision = A decision is recorded
missing-disposition = Each risk reason has an outcome
reason-raised = Raised { $when }
reason-acknowledged = taken up by { $who }
reason-unacknowledged = nobody has taken it up
reason-acknowledge = I’ll take it
reason-acknowledge-hint = Stops the calls to the next person.
dispose-title = How it ended
dispose-hint = What you did and whom you spoke with. Kept on the case.
dispose-button = Record the outcome
disposition-safety_plan = Spoke with the client; safety plan made or renewed
disposition-assessed_safe = Assessed; no acute danger
disposition-higher_care = Higher level of care arranged
disposition-emergency = Emergency services involved
disposition-unreachable = Could not be reached; attempts documented
answered-score = Score: { $score }
answered-no-score = No score: not handed in or too many items missing
case-review = I have reviewed it
case-discuss = Discussed with the client
decide-title = Decide
decide-hint = Why, in a sentence or two
decide-button = Record the decision
decision-plan_changed = Plan changed
decision-no_change = No change, with a reason
decision-referred = Referred elsewhere
case-close = Close the case
case-reassign = Pass the case on
case-told = Who was told
case-told-none = Nobody had to be told.
told-together = with all that waits, in one mail a day
told-tier = step { $tier } of the ladder
note-title = Add a note
note-button = Add the note
conflict-by = { $name } changed this case at { $at }, while you were writing:
conflict-system = This case changed at { $at }, while you were writing:
conflict-what = What you see now includes it. Your own step was not recorded; look again and repeat it if it still fits.
step-opened = Opened
step-reason_added = A reason was added
step-notified = Told
step-escalated = Called the next person
step-acknowledged = Taken up
step-reviewed = Reviewed
step-discussed = Discussed with the client
step-decided = Decided
step-disposed = Outcome of a risk reason
step-reassigned = Passed on
step-noted = Note
step-closed = Closed

# Supervision and tasks
supervision-lead = The people you supervise, in alphabetical order.
supervision-cases = Open cases
supervision-cases-none = No open cases among the people you supervise.
supervision-people = People you supervise
supervision-clients = Clients
supervision-open = Open cases
supervision-risk = With risk
supervision-overdue = Overdue
supervision-off-track = Off track
supervision-silent = Missed 2 or more
supervision-fair = Counts show where help is needed now. They depend on who is referred to whom and say nothing about how good anyone is.
supervision-empty = You supervise nobody today
supervision-empty-lead = An administrator records who supervises whom and from when to when. Their open cases then appear here.
tasks-title = Tasks
tasks-lead = What came in by itself and needs a person at the front desk.
tasks-open = To do
tasks-done = Done lately
tasks-none = Nothing to do. Opt-outs, replies and undeliverable messages will appear here.
task-done = Mark as done
task-done-by = Done by { $who }
task-opted_out = Asked for no more texts
task-opted_out-todo = Ask at the next contact how they want to be reached, and record it.
task-inbound_text = Wrote back by text
task-inbound_text-todo = Call them. The text itself is not kept; the sender was told that nobody reads the number.
task-undeliverable = Could not be reached
task-undeliverable-todo = Check phone number and mail address.
task-unknown_outcome = Message may not have gone out
task-unknown_outcome-todo = Ask whether it arrived; send again from the client page if not. It is never sent twice by itself.
task-amendment = Two different answers
task-amendment-todo = Two devices handed in the same check-in with different answers. Tell the clinician.
task-look_alike = Possibly the same person
task-look_alike-todo = An import found two clients with the same name and birth date. Compare them; nothing is merged by itself.

# Outbox
outbox-lead = What this demo would have sent. Nothing leaves the machine; the links work.
outbox-all = All
outbox-clients = To clients
outbox-staff = To staff
outbox-empty = Nothing sent yet
outbox-empty-lead = Send a check-in from a client’s page and it appears here within a second or two.

# Errors
staff-error-forbidden = This is not part of your role
staff-error-forbidden-lead = Nothing was shown and nothing was changed. If you need it for your work, ask your administrator.
staff-error-not-found = There is nothing here
staff-error-not-found-lead = The address may be mistyped, or what it showed is not among what you may see.
staff-error-conflict = Somebody else was faster
staff-error-conflict-lead = This was changed while your page was open. Nothing of yours was recorded. Go back, look again, and repeat what still fits.
staff-error-invalid = We could not read that
staff-error-invalid-lead = Something in the form was missing or damaged. Go back and try again.
staff-error-stale = This page was open for too long
staff-error-stale-lead = Its form is no longer valid and nothing was recorded. Load the page again and repeat it.
staff-error-too-many = One moment, please
staff-error-too-many-lead = There were many requests in a short time. Wait a minute and try again.
staff-error-broken = Something went wrong on our side
staff-error-broken-lead = What you did before is saved; this last step may not be. Look, and try again in a minute.
staff-error-back = Go back
staff-error-reference = When you report this, give the number { $reference }.

# Fields of forms, and what can be wrong with them
desk-problem = There is a problem
field-email = Mail address
field-password = Password
field-password_again = The password again
field-code = Code
field-practice = Name of the practice
field-display_name = Name shown to clients
hint-display_name = Neutral, at most 30 characters, plain letters: it begins every text message.
field-site = Site
hint-site = The place where you work; more can be added later.
field-zone = Time zone
field-phone = Phone number
hint-practice_phone = The number clients may call.
field-owner_name = Your name
field-date = Day
field-starts = Begins
field-minutes = Minutes
field-clinician = Clinician
field-owner = New owner
field-reason = Reason
field-note = Note
field-decision = Decision
field-disposition = Outcome
wrong-required = Fill this in
wrong-choose = Choose one
wrong-too-long = Make it shorter
wrong-email = Enter a mail address such as ana@example.org
wrong-phone = Enter a phone number with area code, such as (555) 010-0134
wrong-date = Enter a day that exists
wrong-time = Enter a time such as 14:30
wrong-local-time = On this day the clock changes and this time is missing or happens twice; choose another
wrong-number = Enter a whole number within the limits
wrong-zone = Choose a time zone from the list
wrong-taken = Somebody else has this one; use another
wrong-order = It ends before it begins; change one of the two
wrong-password-short = Use at least 12 characters
wrong-password-known = This one is easy to guess; choose another
wrong-password-differs = The two passwords differ; type them again
wrong-code = This code is not right; type the one the app shows now
wrong-address = Begin with tel:, sms: or https://
wrong-gsm = Use plain letters: a text message cannot carry some of these characters
wrong-slower = Danger may be called about sooner than usual, not later: enter at most the number given beside it
wrong-sooner = Enter more minutes than for the person who is called before
wrong-reminder-late = The reminder must come before the link ends
wrong-not-themselves = Choose somebody other than this person
wrong-no-consent = Record the consent for this channel first
wrong-no-contact = Add a number or address for this channel first

message-appointment = Reminder of an appointment
cancelled-appointment_changed = the appointment was moved or cancelled, or reminders are switched off
cancelled-unusable = nothing arrives at this contact
task-appointment_request = Answered a reminder of an appointment
task-appointment_request-todo = Cancelled, or asks for another time or for video. See the client’s appointments, and call.
reply-confirmed = confirmed
reply-cancelled = cancelled by the client
reply-rebook = asks for another time
reply-video = asks for video

unusable-unreachable = { $channel }: the number is out of reach. Nothing is sent there.
unusable-unknown_number = { $channel }: there is no such number. Nothing is sent there.
unusable-landline = { $channel }: a landline, which takes no texts. Nothing is sent there.
unusable-filtered = { $channel }: the carrier does not let our texts through. Nothing is sent there.
unusable-no_mailbox = { $channel }: there is no such mailbox. Nothing is sent there.
unusable-wrong_person = { $channel }: somebody else has this number. Nothing is sent there.
unusable-since = (since { $when })
unusable-lift = It works again

cancelled-opened = the check-in was opened in time
instead-planned-email = by mail, if the text is not opened by then
instead-planned-sms = as a text, if the mail is not opened by then
instead-email-unopened = by mail, since the text was not opened
instead-email-not_arrived = by mail, since the text did not arrive
instead-email-not_possible = by mail, since texts cannot go there
instead-sms-unopened = as a text, since the mail was not opened
instead-sms-not_arrived = as a text, since the mail did not arrive
instead-sms-not_possible = as a text, since mails cannot go there
wrong-fallback = At least 12 hours, and not after the reminder whose place it takes; 0 for not at all

# What a place is for, for those whose day has no list of its own
place-caseload = Everyone in care, by what needs attention.
place-supervision = The people you supervise, their open cases, and what was agreed.
place-outcomes = How courses of therapy ended, with intervals and what is missing.
place-attendance = Missed sessions, early ends, and who stays.
place-improvement = How soon alerts are acted on, what the practice tries out, and the quarterly pack.
place-outreach = Clients who missed two sessions running.
place-capacity = How many clients each clinician has and takes.
place-tasks = What the front desk is to look after.
place-admin = Staff, settings, messages, and the audit.

message-delayed = not there yet,
trouble-no_mailbox = there is no such mailbox; ask for the right address
trouble-no_domain = what stands after the @ does not exist or takes no mail; check the spelling
trouble-bad_address = it is not an address that can exist; check the spelling
trouble-mailbox_moved = the mailbox has moved; ask for the new address
trouble-mailbox_disabled = the mailbox is switched off; ask for another address
trouble-mailbox_full = the mailbox is full
trouble-too_large = the mail is larger than the mailbox takes
trouble-address = the mail server does not take this address
trouble-mailbox = the mailbox could not take it
trouble-mail_system = the recipient’s mail system could not take it
trouble-network = the recipient’s mail server could not be reached
trouble-time_over = the recipient’s mail server could not be reached for days
trouble-protocol = the mail servers did not understand each other
trouble-content = the recipient’s mail system did not take the content
trouble-policy = a rule of the recipient’s mail server refuses our mails; tell whoever runs your mail
trouble-no_reason = the mail server names no reason
trouble-unreachable = the telephone is switched off or out of reach
trouble-unknown_number = there is no such number; ask for the right one
trouble-landline = a landline, which takes no texts
trouble-filtered = the carrier does not let our texts through
trouble-opted_out = the number asked the provider for no more texts
trouble-busy = the provider could not take it just then
trouble-paused = the provider was in trouble, so sending paused for a while
trouble-ambiguous = nobody knows whether it went
trouble-not_taken = the provider did not have it, so it goes again
trouble-quiet_hours = waits for the morning
trouble-interrupted = the machine stopped in the middle, and goes on with it
trouble-no_words = this release has no words for it; an administrator has to look
trouble-invalid = a part of it cannot be sent
trouble-misconfigured = the settings for sending are wrong; an administrator has to look

# What a client is answering while somebody looks
did-view-live = Watched a check-in being answered
live-answering = Answering now: { $answered } of { $total }
live-done = Handed in at { $when }.
live-show = Show the page with these answers
live-say-answering = A client has begun a check-in.
live-say-done = A check-in was handed in.
