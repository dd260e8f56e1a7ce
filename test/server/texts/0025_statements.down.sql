DROP TABLE "select", stated_copy, stated
