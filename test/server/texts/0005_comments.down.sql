/* before */ DROP TABLE commented; -- after
