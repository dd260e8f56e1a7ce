-- as some tools write it
SET client_min_messages = warning;
;;
BEGIN TRANSACTION;
CREATE TABLE wrapped (a int);
INSERT INTO wrapped VALUES (1); END;
