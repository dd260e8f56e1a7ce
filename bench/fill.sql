-- Fills tables with typed rows that keep their constraints where they can: bench.fill(). Values are the same in each
-- table for the same number of row, so that a later UNIQUE, NOT NULL or foreign key finds what it needs.
CREATE SCHEMA bench;

CREATE VIEW bench.relations AS
  SELECT c.oid, c.relkind, c.relispartition, format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'bench', 'migrate')
     AND n.nspname NOT LIKE 'pg\_temp%' AND n.nspname NOT LIKE 'pg\_toast\_temp%'
     AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e');

-- An expression in g, the number of the row.
CREATE FUNCTION bench.value_of(type oid, modifier int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  t pg_type;
  short text := CASE WHEN modifier > 4 THEN format('left(%%s, %s)', modifier - 4) ELSE '%s' END;
BEGIN
  SELECT * INTO t FROM pg_type WHERE oid = type;
  IF t.typtype = 'd' THEN
    RETURN format('(%s)::%s', bench.value_of(t.typbasetype, greatest(t.typtypmod, modifier)), format_type(type, NULL));
  ELSIF t.typtype = 'e' THEN
    RETURN format('(enum_range(NULL::%1$s))[1 + g %% cardinality(enum_range(NULL::%1$s))]', format_type(type, NULL));
  ELSIF t.typcategory = 'A' THEN
    RETURN format('ARRAY[]::%s', format_type(type, NULL));
  END IF;
  RETURN CASE t.typname
    WHEN 'bool' THEN 'g % 2 = 0' WHEN 'int2' THEN '(g % 32000)::int2' WHEN 'int4' THEN 'g' WHEN 'int8' THEN 'g::int8'
    WHEN 'numeric' THEN 'g % 100' WHEN 'float4' THEN 'g' WHEN 'float8' THEN 'g' WHEN 'money' THEN 'g::money'
    WHEN 'uuid' THEN 'md5(g::text)::uuid' WHEN 'text' THEN 'md5(g::text)' WHEN 'citext' THEN 'md5(g::text)'
    WHEN 'varchar' THEN format(short, 'g::text || ''-'' || md5(g::text)')
    WHEN 'bpchar' THEN format(short, 'md5(g::text)')
    WHEN 'name' THEN 'md5(g::text)' WHEN 'bytea' THEN 'decode(md5(g::text), ''hex'')' WHEN 'char' THEN '''a'''
    WHEN 'date' THEN 'date ''2024-01-01'' + g % 1000' WHEN 'time' THEN 'time ''00:00'' + g * interval ''1s'''
    WHEN 'timestamp' THEN 'timestamp ''2024-01-01'' + g * interval ''1h'''
    WHEN 'timestamptz' THEN 'timestamptz ''2024-01-01'' + g * interval ''1h'''
    WHEN 'interval' THEN 'g * interval ''1s'''
    WHEN 'json' THEN 'json_build_object(''n'', g)' WHEN 'jsonb' THEN 'jsonb_build_object(''n'', g)'
    WHEN 'inet' THEN 'inet ''10.0.0.0'' + g' WHEN 'cidr' THEN '(inet ''10.0.0.0'' + g)::cidr'
    WHEN 'tsvector' THEN 'to_tsvector(''simple'', g::text)'
    WHEN 'oid' THEN 'g::oid' WHEN 'xml' THEN '''<a/>''::xml' WHEN 'bit' THEN format('g::bit(%s)', greatest(modifier, 1))
    WHEN 'int4range' THEN 'int4range(2 * g, 2 * g + 1)' WHEN 'int8range' THEN 'int8range(2 * g, 2 * g + 1)'
    WHEN 'daterange' THEN 'daterange(date ''2000-01-01'' + 2 * g, date ''2000-01-01'' + 2 * g + 1)'
    WHEN 'tstzrange' THEN 'tstzrange(timestamptz ''2000-01-01'' + 2 * g * interval ''1h'',
      timestamptz ''2000-01-01'' + (2 * g + 1) * interval ''1h'')'
    ELSE format('NULL::%s', format_type(type, NULL)) END;
END $$;

-- One INSERT: columns of a foreign key take what the other table has, all others a value of their own. Careful: only
-- the columns that must have a value.
CREATE FUNCTION bench.insert_into(filled oid, careful boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  columns text[] := '{}';
  vals text[] := '{}';
  joins text := '';
  key record;
  c record;
  done int[] := '{}';
  n int := 0;
  size bigint;
BEGIN
  FOR key IN SELECT * FROM pg_constraint
              WHERE conrelid = filled AND contype = 'f' AND confrelid <> filled AND conparentid = 0 LOOP
    CONTINUE WHEN key.conkey && done::int2[];
    EXECUTE format('SELECT count(*) FROM ONLY %s', key.confrelid::regclass) INTO size;
    CONTINUE WHEN size = 0;
    n := n + 1;
    joins := joins || format(
      ' JOIN (SELECT *, row_number() OVER () AS number_ FROM ONLY %s) r%s ON r%2$s.number_ = 1 + g %% %s',
      key.confrelid::regclass, n, size);
    FOR i IN 1 .. cardinality(key.conkey) LOOP
      columns := columns || (SELECT quote_ident(attname) FROM pg_attribute
                              WHERE attrelid = filled AND attnum = key.conkey[i]);
      vals := vals || (SELECT format('r%s.%I', n, attname) FROM pg_attribute
                        WHERE attrelid = key.confrelid AND attnum = key.confkey[i]);
    END LOOP;
    done := done || key.conkey::int[];
  END LOOP;
  FOR c IN SELECT a.*, pg_get_expr(d.adbin, d.adrelid) AS default_
             FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = filled AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
              AND a.attidentity = '' AND a.attnum <> ALL (done) ORDER BY a.attnum LOOP
    CONTINUE WHEN c.default_ LIKE 'nextval%';
    CONTINUE WHEN careful AND (NOT c.attnotnull OR c.default_ IS NOT NULL)
      AND NOT EXISTS (SELECT FROM pg_index i
                       WHERE i.indrelid = filled AND i.indisunique AND c.attnum = ANY (i.indkey::int2[]));
    columns := columns || quote_ident(c.attname);
    vals := vals || bench.value_of(c.atttypid, c.atttypmod);
  END LOOP;
  IF columns = '{}' THEN RETURN format('INSERT INTO %s DEFAULT VALUES', filled::regclass); END IF;
  RETURN format('INSERT INTO %s (%s) SELECT %s FROM generate_series($1, $2) g%s ON CONFLICT DO NOTHING',
                filled::regclass, array_to_string(columns, ', '), array_to_string(vals, ', '), joins);
END $$;

-- Tables that others refer to come first; what has rows already is left alone.
CREATE FUNCTION bench.fill(most int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  r record;
  has boolean;
  total bigint := 0;
  added bigint;
BEGIN
  PERFORM set_config('client_min_messages', 'error', true);
  FOR round IN 1 .. 3 LOOP
    FOR r IN SELECT b.oid, b.name
               FROM bench.relations b LEFT JOIN pg_constraint k ON k.conrelid = b.oid AND k.contype = 'f'
              WHERE b.relkind IN ('r', 'p') AND NOT b.relispartition GROUP BY 1, 2 ORDER BY count(k.oid), b.oid LOOP
      EXECUTE format('SELECT EXISTS (SELECT FROM %s OFFSET %s)', r.name, most / 4) INTO has;
      CONTINUE WHEN has OR EXISTS (SELECT FROM bench.given_up WHERE oid = r.oid AND round > 1);
      FOR careful IN 0 .. 1 LOOP
        BEGIN
          EXECUTE bench.insert_into(r.oid, careful = 1) USING 1, most;
          GET DIAGNOSTICS added = ROW_COUNT;
          SET CONSTRAINTS ALL IMMEDIATE;
          total := total + added;
          EXIT;
        EXCEPTION WHEN OTHERS THEN
          IF careful = 1 AND round = 3 THEN INSERT INTO bench.given_up VALUES (r.oid, r.name, SQLERRM); END IF;
        END;
      END LOOP;
    END LOOP;
  END LOOP;
  RETURN total;
END $$;

CREATE TABLE bench.given_up (oid oid, name text, why text);
