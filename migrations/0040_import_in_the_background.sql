-- The rows of a file are taken over a batch at a time, and go on being so when the person who asked for it has gone elsewhere.

-- The last line of the file that was gone through, written with its batch; the counts of the run are those up to it.
ALTER TABLE import_run ADD COLUMN done BIGINT NOT NULL DEFAULT 0;
-- The last line of the file that can be used; none before the first batch.
ALTER TABLE import_run ADD COLUMN total BIGINT;
