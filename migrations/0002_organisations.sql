-- Description: organisations and who belongs to them
-- migrate:requires 0001

-- migrate:up
CREATE TABLE public.organisations (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    slug       text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{1,38}$'),
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- In order of power: is_member compares them.
CREATE TYPE public.member_role AS ENUM ('member', 'admin', 'owner');

CREATE TABLE public.organisation_members (
    organisation_id uuid NOT NULL REFERENCES public.organisations (id) ON DELETE CASCADE,
    user_id         uuid NOT NULL REFERENCES public.profiles (id) ON DELETE CASCADE,
    role            public.member_role NOT NULL DEFAULT 'member',
    joined_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, user_id)
);
CREATE INDEX organisation_members_user_idx ON public.organisation_members (user_id);

-- SECURITY DEFINER, so that a policy on organisation_members can ask without asking itself.
CREATE FUNCTION public.is_member(organisation uuid, at_least public.member_role DEFAULT 'member')
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT EXISTS (
        SELECT FROM organisation_members
        WHERE organisation_id = organisation AND user_id = auth.uid() AND role >= at_least
    )
$$;

ALTER TABLE public.organisations ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.organisation_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY organisations_read ON public.organisations FOR SELECT TO authenticated USING (public.is_member(id));
CREATE POLICY organisations_change ON public.organisations FOR UPDATE TO authenticated
    USING (public.is_member(id, 'admin'));
CREATE POLICY members_read ON public.organisation_members FOR SELECT TO authenticated
    USING (public.is_member(organisation_id));
CREATE POLICY members_leave ON public.organisation_members FOR DELETE TO authenticated
    USING (user_id = auth.uid() AND role <> 'owner');

GRANT SELECT, UPDATE ON public.organisations TO authenticated;
GRANT SELECT, DELETE ON public.organisation_members TO authenticated;
GRANT ALL ON public.organisations, public.organisation_members TO service_role;

-- migrate:down
-- DROP POLICY members_leave ON public.organisation_members;
-- DROP POLICY members_read ON public.organisation_members;
-- DROP POLICY organisations_change ON public.organisations;
-- DROP POLICY organisations_read ON public.organisations;
-- DROP FUNCTION public.is_member(uuid, public.member_role);
-- DROP TABLE public.organisation_members;
-- DROP TYPE public.member_role;
-- DROP TABLE public.organisations;
