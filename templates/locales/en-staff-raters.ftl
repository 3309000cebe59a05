# What others say about a client, in English.

raters = How others see it
raters-lead = What a parent, a partner or the clinician says, beside what the client says. Each is drawn apart.
raters-rule = Others’ answers are part of no score, signal or outcome of the client. What they say about danger opens a case like the client’s own answer.
raters-open = Ask somebody, rate it yourself
raters-own = As the clinician
raters-rate = Rate now
raters-people = People close to the client
raters-nobody = Nobody is asked.
raters-agreed = Agreed on { $day }, recorded by { $with }
raters-ended = No longer asked since { $day }
raters-due = Due since { $day }, by the protocol
raters-link = Card with a link
raters-paper = Enter from paper
raters-no-form = The library has no questionnaire in this language that somebody else may answer about this client.
raters-end = No longer ask
raters-new = Ask somebody else
raters-consent = The client, or who decides for them, agrees that this person is asked.
raters-add = Add this person
raters-unscored = { $forms ->
    [one] Answered once; it could not be scored.
   *[other] Answered { $forms } times; none could be scored.
}
raters-by-clinician = clinician
rater-entry = What somebody else says
rater-entry-own = Your own view of { $name }
rater-entry-paper = What { $who } says about { $name }
rater-entry-when = When it was answered
rater-entry-do = Keep it

relation-parent = parent
relation-partner = partner
relation-relative = relative
relation-caregiver = caregiver
relation-teacher = teacher
relation-other = other

field-person_name = Name
field-relation = What they are to the client
field-person_contact = Number or address
field-person_language = Language they read
field-agreed = Consent
hint-person_contact = For your own use. Nothing is sent to it.

# What is written down about it.
did-view-raters = Opened what others say about the client
did-collateral-agree = Added somebody who is asked about the client
did-collateral-end = Stopped asking somebody about the client
did-collateral-hand_out = Handed out a link to somebody close to the client
did-rater-take = Took in what somebody else says about the client

# The page of the person who is asked.
rater-title = Some questions about the person you know
rater-lead = You were asked how somebody close to you is doing. Please answer about them, as you see it, and not about yourself.
rater-what = Their care team reads it. You can leave out what you do not know. The link works until { $day }, once.
rater-nothing = Answer at least one question.
rater-wrong = Look at question { $number } again.
rater-skip = Leave out
rater-send = Send the answers
rater-thanks = Thank you
rater-after = Your answers have arrived. The care team reads them.
rater-danger = You said something that worries us. If somebody is in danger now, do not wait for us:
rater-not-watched = Nobody watches these answers around the clock.
