# What a client shows before a check-in opens, in English.

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
