CREATE TABLE back (a int);
SELECT 1 / (current_schema() = 'public')::int;
