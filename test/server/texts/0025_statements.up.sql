CREATE TABLE stated (k int PRIMARY KEY, v text);
INSERT INTO stated VALUES (1, 'a') ON CONFLICT (k) DO UPDATE SET v = excluded.v || ';' RETURNING *;
MERGE INTO stated t USING (VALUES (1, 'm'), (2, 'n')) s (k, v) ON t.k = s.k
  WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT VALUES (s.k, s.v);
WITH moved AS (DELETE FROM stated WHERE k = 2 RETURNING *) INSERT INTO stated SELECT k + 10, v FROM moved;
SELECT k, v INTO stated_copy FROM stated;
VALUES (1), (2); TABLE stated;
EXPLAIN SELECT * FROM stated;
SHOW search_path;
TRUNCATE stated_copy RESTART IDENTITY;
CREATE TABLE "select" ("from" int, "where" text); INSERT INTO "select" SELECT 1, 'x' WHERE NOT EXISTS (SELECT FROM "select")
