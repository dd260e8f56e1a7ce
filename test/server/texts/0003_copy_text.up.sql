CREATE TABLE copied (id int, "Some text" text, extra text DEFAULT 'd');
COPY copied (id, "Some text") FROM stdin;
1	plain
2	tab\there and \\ backslash
3	\N
4	it's; a -- comment? /* no */ $$ no quote $$ "
5	
6	\\.
7	é ß 中
\.
-- between two of them
COPY public.copied FROM STDIN;
8	last	\N
\.

COPY copied FROM stdin; -- nothing in it
\.
COPY copied (id) FROM stdin WITH (FORMAT csv);
9
10
\.
INSERT INTO copied VALUES (11, 'after');
