//! One file per job, the schedule and the fenced engine.
