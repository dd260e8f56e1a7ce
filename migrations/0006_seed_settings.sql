-- Description: settings of the application, with the values it starts with

-- migrate:up
CREATE TABLE public.settings (
    key         text PRIMARY KEY,
    value       jsonb NOT NULL,
    description text NOT NULL
);

ALTER TABLE public.settings ENABLE ROW LEVEL SECURITY;
CREATE POLICY settings_read ON public.settings FOR SELECT TO anon, authenticated USING (true);

GRANT SELECT ON public.settings TO anon, authenticated;
GRANT ALL ON public.settings TO service_role;

INSERT INTO public.settings (key, value, description) VALUES
    ('signup_open',     'true',                  'Whether new users may sign up'),
    ('max_projects',    '25',                    'How many projects an organisation may have'),
    ('support_contact', '"support@example.com"', 'Where users turn to for help');

-- migrate:verify
SELECT count(*) = 3 FROM public.settings WHERE key IN ('signup_open', 'max_projects', 'support_contact');

-- migrate:down
-- DROP TABLE public.settings;
