# What staff read on their own account and around appointments, episodes and accounts of others, in English.

# Around every page
second-step-off = Signing in needs no second step on this server: a stolen password is enough. Whoever runs it should switch the second step on.
fence-banner = This is a restored copy, as of { $when }. Nothing is sent to clients until somebody who knows that the old machine is off runs “bellwether restore --release”; alerts to staff go out.

# One's own account
field-shortcut = The key “/”
hint-shortcut = Some speech programs press it unasked.
shortcut-on = Goes to the search of clients
shortcut-off = Does nothing
account-title = My account
account-looks = Who looked
account-email-hint = An administrator can change it.
account-password = Change password
account-password-new = New password
account-password-ends = Your other browsers are signed out.
account-codes = Recovery codes
account-codes-left = { $count ->
    [0] You have no recovery codes left.
    [one] You have { $count } recovery code left.
   *[other] You have { $count } recovery codes left.
}
account-codes-lead = New codes end the old ones.
account-codes-new = Show new codes
account-no-factor = You have no second step: you sign in with your password alone.
account-sessions = Where you are signed in
session-here = This browser
session-other = Another browser
session-since = since { $since }, last used { $used }
session-ends = ends { $ends } at the latest
sessions-end = Sign out all other browsers
recovery-old = The codes you had before no longer work.
looks-title = Who looked
looks-lead = What others opened about your clients, and what they changed in your account, in the last { $days } days.
looks-cut = Only the latest { $count } are listed.
looks-lists = Lists in which your clients stood among others are not named here. Those that your supervisors opened are on your agenda of supervision.
looks-none = Nobody has looked
looks-none-lead = When somebody else opens the page of one of your clients, it is listed here.
looks-you = Your account

# Appointments and episodes
appointment-move = Move the appointment
appointment-move-short = Move
appointment-zone = Times are in { $zone }.
appointment-moves-check-ins = { $count ->
    [0] No check-in belongs to it.
    [one] { $count } check-in moves along.
   *[other] { $count } check-ins move along.
}
begin-title = Begin a new episode
begin-lead = The record of the earlier one stays. Check-ins are planned from the protocol in force.
begin-nobody-yet = Nobody yet
discharge-open = A case is open. Whoever has it from then on must be named, or it is closed first:
hint-case_to = They are told, and decide the case.

# Accounts of others
staff-left-behind = { $count ->
    [one] { $count } episode needs somebody
   *[other] { $count } episodes need somebody
}
staff-episodes = Episodes
staff-episodes-lead = { $count ->
    [0] This person has no open episode.
    [one] This person has { $count } open episode.
   *[other] This person has { $count } open episodes.
}
staff-episodes-which = Which
staff-hand-on = Pass on to another clinician
confirm-hand-on = Pass these episodes on? Their open cases go along.
concern-episodes_left_behind = Open episodes still have a clinician who has left.

# Protocol
protocol-apply-title = Move them now instead
protocol-apply-lead = Their check-ins are planned anew at once; what is out stays out.
protocol-apply-button = { $count ->
    [one] Put { $count } episode under version { $version }
   *[other] Put { $count } episodes under version { $version }
}
confirm-apply = { $count ->
    [one] Change the protocol of { $count } running episode?
   *[other] Change the protocol of { $count } running episodes?
}

# Said once after something was done
flash-password-changed = Your password is changed. All other browsers were signed out.
flash-sessions-ended = All other browsers are signed out.
flash-episode-begun = The episode has begun and its check-ins are planned.
flash-episodes-passed-on = Passed on. The new clinician sees them from now on.
flash-protocol-applied = Running episodes are under the version in force. Their check-ins are being planned.

# Fields
field-password_now = Present password
field-case_to = The case goes to
field-protocol = Protocol
wrong-password-old = This is not your present password

# Consent wordings, crisis resources, audit
section-consents = Consent wordings
section-consents-lead = What clients are told before they agree to messages. Each consent keeps the version it was given to.
wording-in-force = in force
wording-held = { $count ->
    [one] { $count } consent holds
   *[other] { $count } consents hold
}
wording-publish = Publish the next version
wording-rules = A published version never changes. From the next recorded consent on, staff read out the new one; earlier consents stay valid.
wording-read-out = Read out before recording (wording { $version })
field-version = Version
hint-version = As it is printed on paper, for example 2026-03.
field-body_en = Text in English
field-body_es = Text in Spanish
crisis-only-at = only at { $site }
hint-crisis-site = A resource of one site is shown first to its clients.
audit-from = From
audit-until = Until
audit-of = Entries about { $name }

# Programmes and payers
placements-programme = Programmes
placements-payer = Payers
placements-none = None yet.
placement-new-programme = Name of the programme
placement-new-payer = Name of the payer
placement-add = Add
placement-active = can be chosen
placement-retired = retired
placement-keep = Save
placement-retire = Retire
placement-none = None
field-placement = Name
field-programme = Programme
field-payer = Payer

# Everything held about a client
export-title = Everything held about this client
export-short = Record
export-lead = For the client, or whoever may have it: print it or save it as PDF from the print window. Opening it is in the audit.
export-json = Download for a machine (JSON)
export-answers = Answers
export-none = No answers yet.
export-notes = Notes
export-unfinished = begun, not handed in
export-courses = Episodes
export-goals = Goals
export-signals = Signals
export-reasons = Why somebody was to look
export-plan = Changes of the plan
export-questions = Changes of what is asked
export-supervision = Supervision
export-contacts = Getting in touch
export-declined = Given back
export-outreach = To get in touch after missed sessions
export-notice = Reminder of the appointment
