# Mails and text messages, to clients and to staff, in English.
# Text messages (text-…) use GSM-7 characters only and stay in one segment with the longest names and links.

text-invite = { $practice }: your check-in is ready: { $link } STOP to opt out, HELP for help.
text-reminder = { $practice }: your check-in is still open: { $link } STOP to opt out, HELP for help.
text-appointment = { $practice }: { $when }. Confirm or change: { $link } STOP to opt out.
text-help-reply = { $practice } sends check-ins by text. Questions: { $phone }. Emergency: { $emergency }. STOP to opt out.
text-not-monitored-reply = { $practice }: nobody reads this number. Please call { $phone }. Emergency: { $emergency }.
text-case-opened = Bellwether: a case needs you now. { $link }
text-case-escalated = Bellwether: a case has waited { $minutes } min and is now yours. { $link }

mail-product = Bellwether
mail-hello = Hello,
mail-or-copy = Or copy this address into your browser:
mail-private = The link is personal. Please do not pass it on.
mail-not-watched = Your answers are not watched around the clock. In an emergency, please call your local emergency number.
mail-open-until = The link works until { $day }.
mail-unsubscribe = To stop mail of this kind:

mail-invite-subject = Your check-in with { $practice }
mail-invite-lead = Your check-in with { $practice } is ready.
mail-invite-minutes = { $minutes ->
    [one] It takes about 1 minute.
   *[other] It takes about { $minutes } minutes.
}
mail-invite-button = Open my check-in

mail-reminder-subject = Your check-in with { $practice } is still open
mail-reminder-lead = Your check-in with { $practice } is still waiting for you. What you have answered so far is saved.
mail-reminder-last = This is the only reminder.

mail-appointment-subject = Your time with { $practice }
mail-appointment-lead = { $practice } expects you: { $when }.
mail-appointment-how = Please confirm, or tell us if you cannot come.
mail-appointment-button = Confirm or change

mail-case-now-subject = A case needs you now
mail-case-now-lead = A case needs you now. Please log in and acknowledge it.
mail-case-due-subject = A case needs you
mail-case-due-lead = A case needs you.
mail-case-due = Due: { $due }
mail-case-button = Open the case
mail-case-why = You get this mail because you are responsible for the case or for its clinician. It names nobody on purpose.

mail-escalated-subject = A case was not acknowledged and is now yours
mail-escalated-lead = { $minutes ->
    [one] A case has waited for 1 minute without being acknowledged.
   *[other] A case has waited for { $minutes } minutes without being acknowledged.
}
mail-escalated-you = You are the next person in line. Please log in and acknowledge it, even if someone else may be on it.
mail-overdue-subject = A case is overdue and nobody has acknowledged it
mail-overdue-lead = Nobody has acknowledged a case that was due { $due }.
mail-overdue-you = Please log in and see to it that somebody takes it up. You are told of this once.

mail-own-button = Open

mail-missed-subject = { $count ->
    [one] A check-in was not answered
   *[other] { $count } check-ins were not answered
}
mail-missed-lead = { $count ->
    [one] One check-in before a coming session was not answered. Today shows which, and can send it again.
   *[other] { $count } check-ins before coming sessions were not answered. Today shows which, and can send them again.
}
mail-missed-button = Open Today

mail-staff-invite-subject = Your account with { $practice }
mail-staff-invite-lead = { $inviter } ({ $role }) has set up an account for you at { $practice }.
mail-staff-invite-plain = An account has been set up for you at { $practice }.
mail-staff-invite-how = { $hours ->
    [one] Please choose a password and a second factor within 1 hour.
   *[other] Please choose a password and a second factor within { $hours } hours.
}
mail-staff-invite-button = Set up my account
mail-not-expected = Not expecting this? You can ignore this mail; nothing happens without you.

mail-reset-subject = Choose a new password
mail-reset-lead = { $minutes ->
    [one] Someone, probably you, asked for a new password. The link works once, for 1 minute.
   *[other] Someone, probably you, asked for a new password. The link works once, for { $minutes } minutes.
}
mail-reset-button = Choose a new password
mail-reset-ignore = It was not you? Then ignore this mail; your password stays as it is.

mail-digest-subject = { $count ->
    [one] A case waits for you
   *[other] { $count } cases wait for you
}
mail-digest-lead = { $count ->
    [one] One case waits for you. You get this once a day because there were many lately; whatever is urgent still comes at once.
   *[other] { $count } cases wait for you. You get this once a day because there were many lately; whatever is urgent still comes at once.
}
mail-digest-button = Open Today
