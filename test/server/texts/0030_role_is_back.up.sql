CREATE TABLE back_again AS SELECT current_user AS who, session_user AS session;
