-- What cut-offs of one sex, and the comparison of the rules by group, may know of a client. Empty where nobody noted it; a word of
-- the norms of questionnaires, not of who somebody is.
ALTER TABLE client ADD COLUMN sex TEXT CHECK (sex IN ('female', 'male'));
