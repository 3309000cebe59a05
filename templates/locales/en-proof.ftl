# What a client shows before a check-in opens, the choice for it, and the audit, in English.

proof-title = One more step
proof-lead-birth_date = Please enter the birth date of the person this check-in is for, so that nobody else can open it.
proof-lead-pin = Please enter the PIN that { $practice } gave you, so that nobody else can open this check-in.
proof-birth_date = Birth date
proof-day = Day
proof-month = Month
proof-year = Year
proof-choose = Choose
proof-month-1 = January
proof-month-2 = February
proof-month-3 = March
proof-month-4 = April
proof-month-5 = May
proof-month-6 = June
proof-month-7 = July
proof-month-8 = August
proof-month-9 = September
proof-month-10 = October
proof-month-11 = November
proof-month-12 = December
proof-pin = Your PIN
proof-unreadable = That is not complete
proof-wrong = That is not what we have on file
proof-again = Please try again
proof-locked = Please call us
proof-locked-lead = There were too many tries. { $minutes ->
    [one] You can try again in a minute.
   *[other] You can try again in { $minutes } minutes.
} We can also let you in at once.
proof-cannot = You cannot get in?
proof-call = Call { $practice }: we help you to open your check-in, or ask the questions on the telephone.
proof-crisis = If you need help right now

field-proof = Before a check-in opens, clients show
proof-setting-off = Nothing: the link is enough
proof-setting-birth_date = Their birth date
proof-setting-pin = A PIN from you
hint-proof = Asked on each device once for each check-in; not on the tablet in the waiting room, where a code opens it. Who has no birth date or PIN on file is asked for nothing. Can be chosen otherwise for one client.

proof-card = What the client shows
proof-now-off = Nothing is asked for: the link is enough.
proof-now-birth_date = The birth date is asked for.
proof-now-pin = The PIN is asked for.
proof-missing-birth_date = The birth date should be asked for, and none is on file: the link alone opens check-ins.
proof-missing-pin = A PIN should be asked for, and none was set: the link alone opens check-ins.
proof-pin-since = PIN set on { $day }
proof-locked-until = Too many wrong tries. Locked until { $when }.
proof-unlock = Let them try again now
proof-choice-practice = As the practice’s settings say
proof-choice-off = Nothing: the link is enough
proof-choice-birth_date = Birth date
proof-choice-pin = PIN
field-proof-choice = Asked for
field-pin = New PIN
hint-pin = 4 to 8 digits; empty keeps the one there is. It cannot be read back later: tell it to the client now.
proof-save = Save
wrong-pin = 4 to 8 digits, and not one digit again and again or digits in a row
task-locked_out = Could not open a check-in
task-locked_out-todo = Somebody was wrong about the birth date or PIN too often. Call the client: was it them? Put it right on their page, or send a new link.
did-proof-choose = Chose what a client shows before a check-in opens
did-proof-set_pin = Set a client’s PIN
did-proof-lock = A check-in was locked after wrong tries
did-proof-unlock = Let a client try again after wrong tries
