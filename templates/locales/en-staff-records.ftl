# Records as a whole: two of one person, and records that are no longer kept

section-look_alikes = Possible duplicates
section-look_alikes-lead = Two records that may be of one person. Nothing is merged by itself.
pairs-title = To compare
pairs-none = No two records look alike.
pairs-compare = Compare
pairs-more = { $count ->
    [one] And one more.
   *[other] And { $count } more.
}
likeness-name_and_birth_date = Same name and birth date
likeness-phone = Same number
likeness-email = Same email address
merges-title = Merged
merge-undone = Taken back: { $who }
merge-undo = Take back
merge-undo-confirm = Take this merge back? Everything goes back to the record it came from, with what was answered since.
moved-episode = { $count ->
    [one] one course of therapy
   *[other] { $count } courses of therapy
}
moved-appointment = { $count ->
    [one] one session
   *[other] { $count } sessions
}
moved-packet = { $count ->
    [one] one check-in
   *[other] { $count } check-ins
}
moved-response = { $count ->
    [one] one response
   *[other] { $count } responses
}
moved-care_case = { $count ->
    [one] one case
   *[other] { $count } cases
}
moved-other = { $count ->
    [one] one more entry
   *[other] { $count } more entries
}
pair-title = One person or two?
pair-lead = Look at both records before you decide. Correct names and contacts first if you can: the record you keep stays as it is.
pair-what = What
pair-record = Record { $number }
pair-same = same
holds-episodes = Courses of therapy
holds-open = Of these open now
holds-appointments = Sessions
holds-completed = Check-ins answered
holds-waiting = Check-ins waiting for an answer
merge-title = They are one person
merge-what-moves = Courses of therapy, sessions, check-ins, answers and cases of the other record go to the one you keep. Links that are out go on working.
merge-what-consents = The stricter consent holds: whoever withdrew on either record is not written to there. What is missing on the kept record is taken from the other.
merge-both-open = Both are in therapy. The course of the record you keep goes on with the open check-ins and coming sessions of both; the other course ends today and stays in the record. An open case stays with its owner.
merge-what-undo = A merge can be taken back on the page before this one.
merge-confirm = Merge these two records?
merge-button = Merge
merge-in-the-way = Both records have an entry of which a client can have only one. End one of them and try again; nothing was changed.
field-kept = The record you keep
apart-title = They are two people
apart-lead = The pair is not proposed again.
apart-button = Keep them apart
flash-records-merged = The two records are one. It can be taken back below.
flash-merge-undone = The merge was taken back: both records stand by themselves again.
flash-kept-apart = The two stay two and are not proposed again.
did-client-merge = Merged two records
did-client-merge_undo = Took a merge back
did-client-keep_apart = Said that two records are two people
did-view-look_alikes = Looked at possible duplicates
did-view-pair = Compared two records

section-retention = Keeping and erasing
section-retention-lead = How long records are kept, and records that are no longer kept. Nothing is erased by itself.
retention-rule = The practice’s rule
retention-none = Nothing is decided: every record is kept, and none is proposed.
retention-decided = Decided by { $who }. A rule proposes; people erase.
field-retention_years = Years after the last discharge
hint-retention_years = Ask your counsel what holds for you. Empty keeps everything.
field-minor_age = Minors: until this age
field-minor_years = and so many years more
hint-minor_age = For whoever was younger at discharge; the later day counts. Both empty treats minors like adults.
field-stays = What stays
hint-stays = Figures have no name, address or words, but dates: who knows these may still recognise a person. They are not anonymous in the strict sense.
kept-nothing = Nothing but the fact that there was a record
kept-figures = Answers, scores, sessions and cases without a name
field-retention_source = Where the rule comes from
hint-retention_source = Statute, contract or board rule, with its date.
retention-save = Put the rule in force
retention-due = Records whose time is over
retention-due-lead = Proposed by the rule. Somebody looks at each and decides.
retention-nothing-due = None.
retention-ended = Ended { $day }
retention-until = to be kept until { $day }
retention-unknown = birth date missing: look before you decide
retention-look = Look
erasures-title = Asked for and erased
erasure-asked = Asked for by { $who }
erasure-done = Erased by { $who }
erasure-waits = Waits
ground-request = The client asked for it
ground-retention = Its time is over
ground-mistake = Made by mistake
erase-title = Erase a record
erase-lead = Names, contacts, notes and messages are destroyed and cannot be brought back. The audit keeps ids only.
erase-id = Record
erase-hindered = It cannot be erased now
erasure-open-case = A case is open. Close it first.
erasure-open-episode = A course of therapy is open. Discharge the client first.
erasure-kept-until = The practice’s rule keeps it until { $day }.
erasure-birth-date-unknown = The practice’s rule is another for minors, and the birth date is missing.
erase-asked = Somebody asked for it
erase-wait = You asked for it yourself: you can erase it from { $when } on. Another person can do so now.
erase-confirm = Erase this record for good?
erase-button = Erase for good
erase-withdraw = Take the request back
erase-ask = Ask for its erasure
erase-ask-lead = Another owner or administrator erases it, or you do so yourself after two weeks. Until then anybody of you can take the request back.
erase-ask-button = Ask for erasure
field-ground = Why
field-erasure_reason = In words
hint-erasure_reason = What was asked, by whom, and which law allows it. Destroyed with the record.
field-erasure_word = To confirm
hint-erasure_word = Type { $word }, the end of the record’s id.
wrong-erasure-word = does not match the end of the id
concern-retention_due = The time of some records is over by the practice’s rule.
flash-erasure-asked = The erasure is asked for.
flash-erasure-withdrawn = The request was taken back. Nothing was erased.
flash-record-erased = The record was erased.
did-retention-decide = Decided how long records are kept
did-erasure-ask = Asked for the erasure of a record
did-erasure-withdraw = Took back a request for erasure
did-client-erase = Erased a record
did-client-erase_again = Erased a record again after a restore
did-view-retention = Looked at records whose time is over
did-view-erasure = Looked at a record to be erased
client-erase = Erase this record
