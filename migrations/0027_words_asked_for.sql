-- Questions that are answered in the client's own words, in instruments of the practice's own.

-- Which question asked for the words; all three are NULL where the client wrote something beside the answers.
ALTER TABLE own_words ADD COLUMN instrument TEXT;
ALTER TABLE own_words ADD COLUMN version TEXT;
ALTER TABLE own_words ADD COLUMN item TEXT;
