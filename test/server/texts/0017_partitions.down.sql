DROP TABLE child, parent, parted;
