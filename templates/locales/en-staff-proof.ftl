# What a client shows before a check-in opens: the settings, the choice for one client, the desk and the audit, in English.

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
