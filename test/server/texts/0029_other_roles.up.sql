GRANT CREATE ON SCHEMA public TO service_role;
SET ROLE service_role;
CREATE TABLE theirs (id serial, who text DEFAULT current_user);
INSERT INTO theirs (who) VALUES (current_user), (session_user) RETURNING id;
SET SESSION AUTHORIZATION authenticated;
SET SESSION AUTHORIZATION DEFAULT;
CREATE TABLE mine_again AS SELECT current_user AS who;
