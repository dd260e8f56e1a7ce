DROP TABLE public.in_public;
DROP SCHEMA app CASCADE;
