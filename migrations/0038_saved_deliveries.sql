-- The delivery page's filters can be kept as well. A column's CHECK is changed by putting a new column in its place.
ALTER TABLE saved_view ADD COLUMN page_next TEXT NOT NULL DEFAULT 'outcomes'
    CHECK (page_next IN ('outcomes', 'attendance', 'closed_loop', 'leaks', 'delivery'));
UPDATE saved_view SET page_next = page;
ALTER TABLE saved_view DROP COLUMN page;
ALTER TABLE saved_view RENAME COLUMN page_next TO page;
