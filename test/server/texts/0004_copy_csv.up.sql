CREATE TABLE csv (id int, body text, n numeric);
copy csv from stdin with (format csv, header, delimiter ';', quote '''', null 'none', force_null (body)) where id <> 3;
id;body;n
1;'quoted; with '' quote';1.5
2;'over
two lines';none
3;'left out';1
4;none;0
\.
COPY csv(id,body)FROM STDIN(DELIMITER '|');
5|a
6|b\|c
\.
