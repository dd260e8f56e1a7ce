CREATE TABLE dated_again AS SELECT current_setting('datestyle') AS d, current_setting('timezone') AS t,
  current_setting('check_function_bodies') AS c, coalesce(current_setting('my.setting', true), '') AS m, '2024-01-02'::date::text AS x;
