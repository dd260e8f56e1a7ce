DROP TABLE dated_again;
