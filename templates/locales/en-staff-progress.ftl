# What clients see of their own course: the practice's setting, the choice for one client, and the audit, in English.

field-progress = What clients see of their own course
progress-symptoms = Symptoms and wellbeing
progress-nothing = Nothing
hint-progress = After a check-in, in plain words. How working together felt is never shown. It can be chosen otherwise for one client.
progress-title = What the client sees
progress-practice = As the practice’s settings say
progress-show = Show it in the session
progress-save = Save the choice
did-progress-choose = Chose what a client sees of their own course
did-view-progress = Showed a client their own course
