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
