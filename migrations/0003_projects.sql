-- Description: the projects of an organisation
-- migrate:requires 0001, 0002

-- migrate:up
CREATE TABLE public.projects (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES public.organisations (id) ON DELETE CASCADE,
    name            text NOT NULL CHECK (name <> ''),
    description     text NOT NULL DEFAULT '',
    status          text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'active', 'done')),
    created_by      uuid DEFAULT auth.uid() REFERENCES public.profiles (id) ON DELETE SET NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (organisation_id, name)
);

CREATE TRIGGER projects_touch BEFORE UPDATE ON public.projects
    FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

ALTER TABLE public.projects ENABLE ROW LEVEL SECURITY;
CREATE POLICY projects_of_members ON public.projects TO authenticated
    USING (public.is_member(organisation_id));

GRANT SELECT, INSERT, UPDATE, DELETE ON public.projects TO authenticated;
GRANT ALL ON public.projects TO service_role;

-- migrate:down
-- DROP TABLE public.projects;
