DROP TABLE back_again;
