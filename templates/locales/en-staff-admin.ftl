# What staff read under Administration, in English.

# The parts
section-clients = Clients
section-clients-lead = Names, contacts, consents and people around them.
section-appointments = Appointments
section-appointments-lead = Each day’s sessions. Check-ins are planned from them.
section-staff = Staff
section-staff-lead = Accounts, roles, sites, backups and who supervises whom.
section-protocol = Protocol
section-protocol-lead = What is asked, and when.
section-instruments = Instruments
section-instruments-lead = Licence, version, source of the thresholds, and languages.
section-crisis = Crisis resources
section-crisis-lead = What clients see first when an answer speaks of danger, and behind “Need help now?” on every page.
section-sites = Sites
section-sites-lead = Each with its time zone and the person on call.
section-settings = Settings
section-settings-lead = Names, hours, reminders and the ladder.
section-audit = Audit
section-audit-lead = Who looked at what, and who changed what. Entries are chained and cannot be altered.
concerns-title = Needs your attention
concern-no_crisis_resources = A language has no crisis resources.
concern-crisis_review_due = Crisis resources were not checked for half a year.
concern-no_on_call = A site has nobody on call.
concern-no_second_contact = A clinician has neither backup nor supervisor: no check-ins are sent for their clients.
concern-wording_unconfirmed = A translated wording waits for confirmation.
nobody = Nobody
everyone = Everyone
all-sites = All sites
delete = Delete
confirm-delete = Delete this entry?

# Staff
staff-new = Invite someone
staff-new-lead = They get a mail with a link to choose a password.
staff-invite = Save and invite
staff-invite-again = Send the invitation again
staff-reset = Send a link for a new password
staff-reset-factor = Phone lost: set up the second step anew
staff-deactivate = Deactivate
staff-deactivate-hint = { $count ->
    [one] Deactivating ends all sessions at once. { $count } open case goes to the backup.
   *[other] Deactivating ends all sessions at once. { $count } open cases go to the backup.
}
staff-is-deactivated = This account cannot sign in. An invitation opens it again.
confirm-deactivate = Deactivate this account now?
staff-state = Account
staff-account = Account
staff-supervision = Supervised by
account-active = Active
account-invited = Invited
account-deactivated = Deactivated
edge-from = from { $day }
edge-until = until { $day }
edge-none = Nobody supervises this person.
edge-add = Add a supervisor
edge-end = End today
confirm-end-edge = End this supervision today? The supervisor loses access to these clients tomorrow.

# Clients and appointments
client-new = New client
client-to-page = To the client’s page
clients-empty = No clients yet
clients-empty-lead = Add one here, or bring a file from your other systems under Import.
clients-reach = Check-ins
reach-yes = can be sent
reach-no = no address or consent
form-person = Person
form-contact = How to reach them
form-emergency = Emergency contact
form-emergency-why = Shown to the clinician when an answer speaks of danger. No message is ever sent to them.
form-guardian = Guardian of a minor
form-guardian-why = Only where messages should go to a guardian instead of the client.
recipient-client = The client
recipient-guardian = The guardian
consent-for-sms-check_in = Check-ins by text
consent-for-email-check_in = Check-ins by mail
consent-for-sms-appointment = Appointment reminders by text
consent-for-email-appointment = Appointment reminders by mail
zone-unknown = Unknown
appointments-none = No appointments on this day.
day-before = Day before
day-after = Day after

# Protocol and instruments
protocol-first = No version is in force yet. Nothing is asked until you publish one.
protocol-version = { $episodes ->
    [one] Version { $version } is in force, for { $episodes } open episode.
   *[other] Version { $version } is in force, for { $episodes } open episodes.
}
protocol-version-n = Version { $version }
protocol-versions = Versions
protocol-episodes = { $count ->
    [one] { $count } open episode
   *[other] { $count } open episodes
}
protocol-instrument = Instrument
protocol-rules = A published version never changes. Publishing makes a new one for new episodes; running episodes keep theirs.
protocol-publish = Publish as a new version
confirm-publish = Publish this as a new version?
rhythm-intake = First check-in
rhythm-before_session = Before each session
rhythm-after_session = After each session
rhythm-weeks = Every … weeks
licence-free = Free to use
licence-own = Our own
licence-conditional = Free on its own terms
licence-licensed = Licence on record
licence-missing = Off: licence needed
instrument-version = version { $version }
instrument-evidence = thresholds: { $evidence }
wording-official = official wording
wording-confirmed = confirmed
wording-unconfirmed = off until an administrator confirms the wording
wording-confirm = Confirm wording
confirm-wording = Have you compared every sentence with the official form?

# Crisis resources, sites, settings, audit
crisis-reviewed = checked { $day }
crisis-stale = last checked { $day }: call it and see that it is right
crisis-review = I checked it today
crisis-none = None yet. Check-ins in this language are not sent without one.
crisis-add = Add a resource
site-add = Add a site
site-clients = { $count ->
    [one] { $count } client
   *[other] { $count } clients
}
settings-hours = When clients may get messages
settings-hours-why = In the client’s own time zone. Where it is unknown, the second pair holds, in the practice’s zone.
settings-ladder = When nobody takes up an urgent case
settings-ladder-why = Minutes from the answer until the next person is called. A working hour is Monday to Friday in the site’s zone.
settings-ladder-in = In working hours
settings-ladder-after = Outside working hours
silence-case = Two missed check-ins open a case
silence-shown = Two missed check-ins are shown on the caseload only
audit-number = No.
audit-at = When
audit-action = What
audit-about = About
audit-client = Client’s id
audit-none = No entries with this filter.

# Fields
field-name = Full name
field-role = Roles
field-at_site = Sites
hint-at_site = None chosen means all.
field-backup = Backup
hint-backup = Called when this person does not answer, and takes over when they are away.
hint-staff_email = For sign-in and notices.
hint-staff_phone = For urgent notices by text.
field-language = Language
field-supervisor = Supervisor
field-starts_on = First day
field-ends_on = Last day
hint-ends_on = Empty while it goes on.
field-preferred_name = Preferred name
hint-preferred_name = What they like to be called.
field-birth_date = Birth date
field-external_id = Id in other systems
field-preferred_channel = First try
field-emergency_name = Name
field-emergency_relation = Relation
field-emergency_phone = Phone number
field-guardian_name = Name
field-guardian_relation = Relation
field-guardian_phone = Phone number
field-guardian_email = Mail address
field-recipient = Messages go to
field-consent = Agreed to
hint-consent = Only what the client agreed to in writing or in person. Without it, nothing is sent.
field-client = Client
field-protocol_name = Name of the protocol
field-weeks = Every … weeks
field-label = What the button says
hint-label = For example “Call 988”.
field-detail = One line below
field-href = Address
hint-href = tel:988, sms:988 or https://…
field-position = Place in the list
hint-position = 1 comes first.
field-site_name = Name of the site
field-on_call = On call
field-quiet_until = Messages from
field-quiet_from = until
field-unknown_until = Zone unknown: from
field-unknown_from = until
field-before_session_hours = Hours before a session
field-reminder_after_hours = Reminder after (hours)
hint-reminder_after_hours = 0 for none
field-expires_after_hours = Link ends after (hours)
field-silence = Silence
field-business_from = Working hours from
field-business_until = until
field-ladder_in_1 = Backup after (min)
field-ladder_in_2 = Supervisor after (min)
field-ladder_in_3 = On call after (min)
field-ladder_after_1 = Backup after (min)
field-ladder_after_2 = Supervisor after (min)
field-ladder_after_3 = On call after (min)
field-ladder_repeat = Last step repeats every (min)
field-off_track_supervisor_after_hours = Off track: supervisor after (hours)
field-who = Who
