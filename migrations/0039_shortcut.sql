-- Whether "/" goes to the search. A speech program, or a finger that slips, presses a single key unasked (WCAG 2.1.4), so each person
-- can switch it off.
ALTER TABLE staff ADD COLUMN shortcut TEXT NOT NULL DEFAULT 'on' CHECK (shortcut IN ('on', 'off'));
