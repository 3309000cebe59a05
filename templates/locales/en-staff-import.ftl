# Files from other systems, in English.

section-import = Import
section-import-lead = Clients and appointments from your other systems. You see what a file would do before anything is changed, and can take it back for an hour.
hint-import-kind = Clients first: appointments find them by their id.
hint-import-file = CSV with a line of column names, in UTF-8, at most 5 MB.
field-day_order = A date such as 03/04/1990
field-wording = Wording that a bare “yes” agreed to
hint-import-wording = Only if all of them agreed to the same one. Without it a bare “yes” cannot be used.
hint-import-site = Where a row names none.
import-kind = What the file holds
import-kind-clients = Clients
import-kind-appointments = Appointments
import-upload = Upload and look
import-runs = Files so far
import-none = None yet.
import-state-uploaded = Uploaded, nothing changed
import-state-applying = Being taken over
import-state-applied = Applied
import-state-undoing = Being taken back
import-state-undone = Taken back
import-counts = { $created } new, { $changed } brought up to date, { $rejected } not usable
import-gone = This file was not applied within a day and is gone. Upload it again.
import-would = What would happen
import-plan = { $created } new, { $changed } brought up to date, { $same } already as they are, { $rejected } not usable.
import-nothing-yet = Nothing has been changed yet.
import-apply = { $count ->
    [one] Take { $count } row over
   *[other] Take { $count } rows over
}
confirm-import = Take these rows over now? You can take them back for an hour.
import-line = Line
import-what = What
import-row = Whom
import-detail = Fields
row-created = New
row-changed = Update
row-same = Same
row-rejected = Not usable
import-rest = { $count ->
    [one] and { $count } more row
   *[other] and { $count } more rows
}
import-unseen = { $count ->
    [one] One more row was not looked at, because the file is long; it is taken over in the same way.
   *[other] { $count } more rows were not looked at, because the file is long; they are taken over in the same way.
}
import-under-way = It is being taken over
import-under-way-lead = A large file takes a minute or two. You can close this page: it goes on by itself, and what is taken over stays.
import-progress = Line { $done } of { $total }:
import-how-far = See how far it is
import-go-on = Go on now
import-undo-under-way = It is being taken back. You can close this page: it goes on by itself.
import-means = What the file means
import-means-lead = Correct what was taken wrongly, then look again.
import-columns = Columns
import-more-columns = Columns the file does not seem to have
import-leave-out = Leave out
import-ignored = Not used: { $columns }
import-look-again = Look again
import-done = What was done
import-kept = { $count ->
    [one] { $count } change was left as it is, because somebody had gone on with it.
   *[other] { $count } changes were left as they are, because somebody had gone on with them.
}
import-undo = Take it back
import-undo-lead = You can take it back until { $until }. What somebody has gone on with since stays.
confirm-undo = Take this import back now?
day-order-unknown = Only where it is clear
day-order-month_first = Month first
day-order-day_first = Day first
import-site-unknown = there is no such site
import-site-missing = choose the site for rows that name none
import-client-unknown = no client has this id; import clients first
import-clinician-unknown = no one clinician here has this name or address
import-appointment-of-another = this appointment belongs to another client
import-changed-meanwhile = somebody changed this client at the same moment; import the row again
episode-no-protocol = there is no protocol in force
flash-import-looked = Read as you say. Nothing has been changed.
flash-import-applied = The rows are taken over.
flash-import-goes-on = The file is large: it goes on in the background.
flash-import-undone = The import was taken back.
wrong-too-large = The file is larger than 5 MB; split it, each part with the line of column names
wrong-not-utf8 = This is no CSV in UTF-8; in a spreadsheet, save it as “CSV UTF-8”
did-import-upload = Uploaded a file
did-import-apply = Applied an import
did-import-undo = Took an import back
did-view-import = Looked at an import

# The columns of files
import-field-external_id = Id in the other system
import-field-client_external_id = Client’s id in the other system
import-field-name = Full name
import-field-first_name = First name
import-field-middle_name = Middle name
import-field-last_name = Last name
import-field-preferred_name = Preferred name
import-field-birth_date = Birth date
import-field-sex = Sex
import-field-email = Mail address
import-field-phone = Phone number
import-field-language = Language
import-field-time_zone = Time zone
import-field-zone = Time zone
import-field-preferred_channel = Text or mail
import-field-sms_consent = Agreed to texts
import-field-sms_consent_wording = Wording agreed to, texts
import-field-sms_consent_date = Day of consent, texts
import-field-email_consent = Agreed to mails
import-field-email_consent_wording = Wording agreed to, mails
import-field-email_consent_date = Day of consent, mails
import-field-recipient = Who receives messages
import-field-consent_wording = Wording agreed to
import-field-consent_date = Day of consent
import-field-guardian = Guardian
import-field-guardian_name = Guardian: name
import-field-guardian_relation = Guardian: relation
import-field-guardian_phone = Guardian: phone
import-field-guardian_email = Guardian: mail
import-field-emergency_contact = Emergency contact
import-field-emergency_name = Emergency contact: name
import-field-emergency_relation = Emergency contact: relation
import-field-emergency_phone = Emergency contact: phone
import-field-emergency_email = Emergency contact: mail
import-field-emergency_contact_name = Emergency contact: name
import-field-emergency_contact_relation = Emergency contact: relation
import-field-emergency_contact_phone = Emergency contact: phone
import-field-emergency_contact_email = Emergency contact: mail
import-field-clinician = Clinician
import-field-site = Site
import-field-start = Start
import-field-end = End
import-field-date = Day
import-field-start_time = Start time
import-field-end_time = End time
import-field-duration = Minutes
import-field-status = Status
import-field-starts_at = Start
import-field-ends_at = End
import-field-episode = Episode
