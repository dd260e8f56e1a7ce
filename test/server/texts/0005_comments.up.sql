-- it's a comment with a quote, a "double one and a $$ dollar quote;
/* a block ; with 'quotes' /* and one inside; */ $$ still a comment */
CREATE TABLE commented (a int /* inside; */, b int -- at the end;
);
COMMENT ON TABLE commented IS 'It''s "quoted"; with -- dashes, /* stars */ and $$ dollars $$';
COMMENT ON COLUMN commented.a IS E'line\nbreak';
