# Goals of the client's own
goals = Goals
goals-lead = In the client's own words, agreed together: up to { $most } at a time.
goals-none = No goals have been agreed yet.
goals-full = { $most } goals are followed at a time. End one to agree on another.
goals-rule = Goals are this client's own. Their ratings are part of no statistic, no signal and no message.
goals-open = Agree on goals, rate them, end them
goal-word = Goal
goal-number = Goal { $n }
goal-agreed = Agreed on { $day } with { $with }
goal-reached = Reached on { $day }
goal-dropped = Let go on { $day }
goal-earlier = Earlier words
goal-earlier-since = agreed on { $day }, { $times ->
    [0] not rated
    [one] rated once
   *[other] rated { $times } times
}
goal-unrated = Not rated yet.
goal-rate = Keep rating
goal-change = Other words, or the end of it
goal-reword = Keep new words
goal-do-reached = Reached
goal-do-dropped = Let it go
goal-new = A new goal
goal-agree = Agree on it
field-goal_text = The goal, in the client's words
hint-goal_text = One thing the client wants to be different, up to 200 characters.
hint-goal_reword = The new words are a new version; earlier ratings stay with the earlier words.
field-goal_rating = How near is it, says the client
hint-goal_rating = A whole number: 0 is not at all, 10 is reached.

# What the audit says of them, and of a check-in that goes on
did-view-goals = Opened the client’s goals
did-goal-agree = Agreed on a goal with the client
did-goal-reword = Put a goal into other words
did-goal-rate = Recorded the rating of a goal
did-goal-end = Ended a goal
did-packet-step = A screening went on to more questions
did-packet-step_back = A screening no longer called for more questions
