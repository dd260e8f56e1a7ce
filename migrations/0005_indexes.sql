-- Description: indexes for the lists that the application shows
-- migrate:requires 0001, 0003
-- migrate:lock-timeout 2s

-- migrate:up
CREATE INDEX profiles_display_name_idx ON public.profiles (lower(display_name) text_pattern_ops);
CREATE INDEX projects_by_status_idx ON public.projects (organisation_id, status, updated_at DESC);
CREATE INDEX projects_created_by_idx ON public.projects (created_by);

-- migrate:down
-- DROP INDEX public.projects_created_by_idx;
-- DROP INDEX public.projects_by_status_idx;
-- DROP INDEX public.profiles_display_name_idx;
