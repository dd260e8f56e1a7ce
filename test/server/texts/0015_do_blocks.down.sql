DROP TABLE do_one, do_two;
