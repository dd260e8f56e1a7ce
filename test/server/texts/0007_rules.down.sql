DROP RULE ruled_del ON ruled;
DROP TABLE ruled, ruled_log;
