DROP TABLE public.back;
