DROP TABLE restricted;
