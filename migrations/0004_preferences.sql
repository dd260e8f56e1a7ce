-- Description: what a user chose, visible to that user alone
-- migrate:requires profiles

-- migrate:up
CREATE TABLE public.preferences (
    user_id      uuid PRIMARY KEY REFERENCES public.profiles (id) ON DELETE CASCADE,
    theme        text NOT NULL DEFAULT 'system' CHECK (theme IN ('system', 'light', 'dark')),
    locale       text NOT NULL DEFAULT 'en',
    weekly_email boolean NOT NULL DEFAULT true,
    updated_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TRIGGER preferences_touch BEFORE UPDATE ON public.preferences
    FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

ALTER TABLE public.preferences ENABLE ROW LEVEL SECURITY;
CREATE POLICY preferences_read_own ON public.preferences FOR SELECT TO authenticated USING (auth.uid() = user_id);
CREATE POLICY preferences_add_own ON public.preferences FOR INSERT TO authenticated WITH CHECK (auth.uid() = user_id);
CREATE POLICY preferences_change_own ON public.preferences FOR UPDATE TO authenticated USING (auth.uid() = user_id);

GRANT SELECT, INSERT, UPDATE ON public.preferences TO authenticated;
GRANT ALL ON public.preferences TO service_role;

-- Users who signed up before this migration get the defaults too.
INSERT INTO public.preferences (user_id) SELECT id FROM public.profiles;

-- migrate:down
-- DROP TABLE public.preferences;
