\restrict abcDEF0123
CREATE TABLE restricted (a int);
\unrestrict abcDEF0123
