# What clients read on their pages, in English. Mails and text messages stand in en-mail.ftl.

# Around every page
skip = Skip to the content
check-in = Check-in
check-in-title = Your check-in
help-link = Need help now?
larger-text = Larger letters
back = Back
continue = Continue
start = Start
not-watched = Your answers are not watched around the clock. If you need someone now, use “Need help now?” at the top of the page.
not-watched-here = Your answers are not watched around the clock.

# Landing
landing-lead = A few short questions about how things are going for you.
landing-begun = Welcome back. Your answers so far are saved, and you go on where you stopped.
landing-how-long = How long
landing-minutes = { $minutes ->
    [one] About 1 minute
   *[other] About { $minutes } minutes
}
landing-questions = { $questions ->
    [one] 1 question
   *[other] { $questions } questions
}
landing-at-most = , at most { $most } depending on what you answer
landing-who = Who reads it
landing-reader = { $reader }, and the people at { $practice } who share responsibility for your care.
landing-team = The people at { $practice } who are responsible for your care.
landing-why = What it is for
landing-purpose = To prepare your next session, and to notice early when something is not helping.
landing-pause = There are no right or wrong answers. You can stop at any time and go on later with the same link.
landing-open-until = It works until { $day }.

# Questions
question-title = Question { $n } of { $total } – Check-in
question-title-open = Question { $n } – Check-in
question-count = { $n } of { $total }
question-follows = { $more ->
    [one] One more question follows
   *[other] { $more } more questions follow
} about the same thing. Your answers to { $answered ->
    [one] the first one count
   *[other] the first { $answered } count
} here too.
question-count-open = Question { $n }
question-taps = Tapping an answer takes you on. You can go back.
decline = Prefer not to answer
declined = You chose not to answer this one.
goal-asked = How near are you to this goal of yours today?
goal-low = 0: not at all
goal-high = 10: reached
goal-yours = Your goals:
preview-note = This is a preview: nothing is saved.
preview-leave = Back to the instrument
problem-words = Write something, or choose “Prefer not to answer”.
line-unset = Not answered yet
line-of = { $value } of 10
line-number = Type a number instead
line-label = A number from 0 (“{ $low }”) to 10 (“{ $high }”)
offline = Saved on this phone – will send when you are back online
error-prefix = Error:
problem-heading = There is a problem
problem-choose = Choose the answer that fits best
problem-mark = Mark a place on the line, or type a number from 0 to 10
problem-range = Type a number from 0 to 10, such as 6 or 6.5

# The last look
review-title = Ready to send? – Check-in
review-heading = Ready to send?
review-complete = { $answered ->
    [one] You have answered the question.
   *[other] You have answered all { $answered } questions.
}
review-gaps = { $unanswered ->
    [one] One question has no answer. That is fine. You can also go back to it.
   *[other] { $unanswered } questions have no answer. That is fine. You can also go back to them.
}
review-go = Question { $n }
words-label = Is there anything you would like to say in your own words? (optional)
words-hint = It is kept with your answers and read before your next session, not around the clock.
review-send = Send my answers
review-final = After sending, answers can no longer be changed.

# The receipt
thanks-heading = Thank you
thanks-already = Already completed
thanks-arrived = Your answers have arrived.
thanks-kept = You have sent this check-in before. There is nothing left to do.
thanks-amended = This check-in was sent before with other answers. We kept both, so nothing is lost.
thanks-next = What happens next
thanks-reader-session = { $reader } will look at them before your session on { $session }.
thanks-reader = { $reader } will look at them before your next session.
thanks-session = Your care team will look at them before your session on { $session }.
thanks-team = Your care team will look at them before your next session.
thanks-talk = You can bring up anything from it when you meet.
thanks-received = Received { $received }.
thanks-close = You can close this page.

# Interruption and help
pause-title = Before you go on – Check-in
pause-heading = Before you go on
pause-lead = Thank you for telling us. Your answer is saved, and { $reader } will be told about it.
pause-lead-team = Thank you for telling us. Your answer is saved, and your care team will be told about it.
pause-now = If you are thinking about hurting yourself, or it is hard to keep safe, you can talk to someone right now:
pause-continue = Continue with my check-in
help-title = Help now
help-heading = Talk to someone now
help-lead = You do not have to be certain that it is an emergency. Any of these is a good place to start.
help-call = Call { $number }
help-text = Text { $number }
help-text-keyword = Text { $keyword } to { $number }
help-web = Chat at { $name }
help-history = This page stays in your browser’s history until you delete it there.

# Links that do not work
unavailable-title = This link is not available
unavailable-heading = This link is not available
unavailable-lead = It may have expired, or been replaced by a newer one.
unavailable-offer = If you have a check-in with us, we can send a new link to the phone or mail address we have on file.
unavailable-send = Send me a new link
unavailable-else = Anything else? Please call your practice. The number is on your appointment card.
new-link-title = Look at your messages
new-link-heading = Look at your messages
new-link-lead = If there is a check-in waiting for you, a new link is on its way to the phone or mail address on file. It can take a few minutes.

# Opting out of mail
unsubscribe-title = Stop mail
unsubscribe-heading = Stop mail from this practice?
unsubscribe-lead = You will get no more check-ins or reminders by mail.
unsubscribe-button = Stop mail
unsubscribe-keep = Your appointments stay as they are. You can change your mind at any time: just tell your practice.
unsubscribe-done = You will get no more mail
unsubscribe-after = It was recorded just now. If you change your mind, tell your practice.

# Errors
error-title = That did not work
error-not-found = This page does not exist
error-not-found-lead = The address may be mistyped. Please use the link in your message.
error-too-many = A moment, please
error-too-many-lead = There were many attempts in a short time. Please wait a few minutes and try again.
error-broken = Something went wrong on our side
error-broken-lead = What you answered before is saved. Please try again in a minute.
error-invalid = We could not read that
error-invalid-lead = Something in the form was missing or damaged. Please go back and try once more.
error-stale = This page was open for a long time
error-stale-lead = Please open the link in your message again. What you answered before is saved.
error-back = Back to my check-in
error-reference = If you call us about it, say this number: { $reference }

kiosk-pair = Set up this device
kiosk-pair-lead = Type the code that the administration page shows. It works for one hour.
kiosk-pair-code = Pairing code
kiosk-pair-do = Pair this device
kiosk-pair-again = This code does not work
kiosk-again = Type it once more
kiosk-ready = Welcome
kiosk-ready-lead = Please type the code you were given.
kiosk-code = Your code
kiosk-begin = Begin
kiosk-wrong = This code is not right
kiosk-nothing = Nothing is waiting for you
kiosk-nothing-lead = There are no questions for you today. Please tell the front desk if you expected some.
kiosk-start-over = Back to the start
kiosk-locked = Please ask at the front desk
kiosk-locked-lead = Too many codes were wrong. This device takes codes again in 15 minutes.

visit-title = Your appointment
visit-lead = { $practice } expects you.
visit-when = When
visit-where = Where
visit-ask = Can you come?
visit-do-confirmed = Yes, I will come
visit-do-cancelled = No, please cancel it
visit-do-rebook = I need another time
visit-do-video = I would like to talk by video
visit-said-confirmed = Thank you. We expect you.
visit-said-cancelled = Your appointment is cancelled. We will call you about another one.
visit-said-rebook = We will call you about another time. Until then this appointment stays.
visit-said-video = We will get in touch about video. Until then this appointment stays as it is.
visit-change = Have you changed your mind?
visit-gone = This appointment is over or has another time
visit-gone-lead = If you have questions about your appointments, please call your practice.
