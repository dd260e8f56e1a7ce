-- as some tools write it
BEGIN;
CREATE TABLE wrapped (a int);
COMMIT;
;;
BEGIN TRANSACTION; INSERT INTO wrapped VALUES (1); END;
