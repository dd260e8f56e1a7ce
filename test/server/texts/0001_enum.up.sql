CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s "fine"');
CREATE TABLE moods (m mood NOT NULL DEFAULT 'ok', all_of mood[] DEFAULT '{sad,ok}');
ALTER TYPE mood ADD VALUE 'new' BEFORE 'ok';
ALTER TYPE mood RENAME VALUE 'sad' TO 'very sad';
INSERT INTO moods DEFAULT VALUES;
