-- Description: projects can be archived instead of deleted
-- migrate:requires 0003, 0007
-- migrate:lock-timeout 2s

-- migrate:up
ALTER TABLE public.projects ADD COLUMN archived_at timestamptz;
ALTER TABLE public.projects ADD CONSTRAINT projects_archived_after_creation CHECK (archived_at >= created_at);
COMMENT ON COLUMN public.projects.archived_at IS 'When it left the lists; null while it is in use';

CREATE VIEW public.active_projects WITH (security_invoker = true) AS
    SELECT id, organisation_id, name, status, updated_at
    FROM public.projects
    WHERE archived_at IS NULL;

-- Runs as the caller: the policies of projects say who may.
CREATE FUNCTION public.archive_project(project bigint) RETURNS timestamptz
LANGUAGE sql SET search_path = '' AS $$
    UPDATE public.projects
    SET archived_at = coalesce(archived_at, now())
    WHERE id = project
    RETURNING archived_at
$$;
REVOKE EXECUTE ON FUNCTION public.archive_project(bigint) FROM PUBLIC;

GRANT SELECT ON public.active_projects TO authenticated, service_role;
GRANT EXECUTE ON FUNCTION public.archive_project(bigint) TO authenticated, service_role;

-- migrate:down
-- DROP FUNCTION public.archive_project(bigint);
-- DROP VIEW public.active_projects;
-- ALTER TABLE public.projects DROP CONSTRAINT projects_archived_after_creation;
-- ALTER TABLE public.projects DROP COLUMN archived_at;
