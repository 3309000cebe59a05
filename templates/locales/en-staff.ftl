# What staff read, in English.

product = Bellwether
nav-label = Main
nav-today = Today
nav-caseload = Caseload
nav-supervision = Supervision
nav-admin = Administration
nav-outbox = Outbox
nav-open = { $count ->
    [one] open case
   *[other] open cases
}
role-clinician = Clinician
role-supervisor = Supervisor
role-intake = Front desk
role-biller = Biller
role-owner = Owner
role-admin = Administrator
log-out = Log out

# Reasons of a case or a signal: the gravest three are shown
reasons-more = { $count ->
    [one] one more reason
   *[other] { $count } more reasons
}

# The style guide, seen by those who build pages
style-guide-title = Style guide
style-guide-lead = Every part the staff pages are made of, with the classes and components that make it.
