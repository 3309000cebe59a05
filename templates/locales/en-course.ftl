# A client's own course, in English.

course-link = See how it has gone
course-title = How it has gone so far
course-heading = How it has gone so far
course-lead = What you have answered over time, in one picture each. It is for talking about, and not a grade.
course-first = You have answered this once. From the next time on you will see how it goes.
course-better = Your latest answers are clearly better than your first ones.
course-same = Your latest answers are about where you began. Ups and downs of this size come and go.
course-harder = Your latest answers say that it is harder now than when you began. That happens, and it is worth talking about.
course-goal = A goal in your own words: 0 is not at all, 10 is reached.
course-talk = Bring it up with { $reader }.
course-talk-team = Bring it up in your next session.
course-what = Numbers are only a part of how you are. If something is urgent, use the help link at the top.
course-none = There is nothing to show yet.
