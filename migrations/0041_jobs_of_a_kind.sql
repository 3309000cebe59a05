-- A job that does the work of every due job of its kind ends those first; of the others thousands may be due.
CREATE INDEX job_kind ON job (queue, (payload ->> 'job'), run_at) WHERE state = 'ready';
