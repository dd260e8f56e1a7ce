SELECT lo_unlink(id) FROM blobs;
DROP TABLE blobs;
