DROP TABLE logged, ddl_log;
DROP FUNCTION log_ddl();
