DROP TABLE theirs, mine_again;
REVOKE CREATE ON SCHEMA public FROM service_role;
