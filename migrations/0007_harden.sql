-- Description: pinned search paths, no EXECUTE for everybody, policies that ask for the user once per statement
-- migrate:requires 0001, 0002, 0003, 0004

-- migrate:up
CREATE OR REPLACE FUNCTION public.handle_new_user() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO public.profiles (id, display_name)
    VALUES (NEW.id, left(coalesce(nullif(split_part(NEW.email, '@', 1), ''), 'somebody'), 80));
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION public.handle_new_user() FROM PUBLIC, anon, authenticated;
REVOKE EXECUTE ON FUNCTION public.touch_updated_at() FROM PUBLIC, anon, authenticated;

CREATE OR REPLACE FUNCTION public.is_member(organisation uuid, at_least public.member_role DEFAULT 'member')
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT EXISTS (
        SELECT FROM public.organisation_members AS m
        WHERE m.organisation_id = organisation AND m.user_id = auth.uid() AND m.role >= at_least
    )
$$;
REVOKE EXECUTE ON FUNCTION public.is_member(uuid, public.member_role) FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION public.is_member(uuid, public.member_role) TO authenticated, service_role;

ALTER POLICY profiles_change_own ON public.profiles
    USING ((SELECT auth.uid()) = id) WITH CHECK ((SELECT auth.uid()) = id);
ALTER POLICY members_leave ON public.organisation_members
    USING (user_id = (SELECT auth.uid()) AND role <> 'owner');
ALTER POLICY preferences_read_own ON public.preferences USING ((SELECT auth.uid()) = user_id);
ALTER POLICY preferences_add_own ON public.preferences WITH CHECK ((SELECT auth.uid()) = user_id);
ALTER POLICY preferences_change_own ON public.preferences USING ((SELECT auth.uid()) = user_id);

-- Only an admin deletes a project: the one policy for everything becomes one for each command.
DROP POLICY projects_of_members ON public.projects;
CREATE POLICY projects_read ON public.projects FOR SELECT TO authenticated
    USING (public.is_member(organisation_id));
CREATE POLICY projects_add ON public.projects FOR INSERT TO authenticated
    WITH CHECK (public.is_member(organisation_id));
CREATE POLICY projects_change ON public.projects FOR UPDATE TO authenticated
    USING (public.is_member(organisation_id));
CREATE POLICY projects_delete ON public.projects FOR DELETE TO authenticated
    USING (public.is_member(organisation_id, 'admin'));

-- migrate:verify
SELECT bool_and(proconfig = ARRAY['search_path=""'] AND NOT has_function_privilege('anon', oid, 'EXECUTE'))
FROM pg_proc
WHERE oid IN ('public.handle_new_user()'::regprocedure,
              'public.is_member(uuid, public.member_role)'::regprocedure,
              'public.touch_updated_at()'::regprocedure);

-- migrate:down
-- DROP POLICY projects_delete ON public.projects;
-- DROP POLICY projects_change ON public.projects;
-- DROP POLICY projects_add ON public.projects;
-- DROP POLICY projects_read ON public.projects;
-- CREATE POLICY projects_of_members ON public.projects TO authenticated
--     USING (public.is_member(organisation_id));
--
-- ALTER POLICY preferences_change_own ON public.preferences USING (auth.uid() = user_id);
-- ALTER POLICY preferences_add_own ON public.preferences WITH CHECK (auth.uid() = user_id);
-- ALTER POLICY preferences_read_own ON public.preferences USING (auth.uid() = user_id);
-- ALTER POLICY members_leave ON public.organisation_members
--     USING (user_id = auth.uid() AND role <> 'owner');
-- -- A policy can't lose its WITH CHECK: it is made again as it was.
-- DROP POLICY profiles_change_own ON public.profiles;
-- CREATE POLICY profiles_change_own ON public.profiles FOR UPDATE TO authenticated USING (auth.uid() = id);
--
-- CREATE OR REPLACE FUNCTION public.is_member(organisation uuid, at_least public.member_role DEFAULT 'member')
-- RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
--     SELECT EXISTS (
--         SELECT FROM organisation_members
--         WHERE organisation_id = organisation AND user_id = auth.uid() AND role >= at_least
--     )
-- $$;
-- REVOKE EXECUTE ON FUNCTION public.is_member(uuid, public.member_role) FROM authenticated, service_role;
-- GRANT EXECUTE ON FUNCTION public.is_member(uuid, public.member_role) TO PUBLIC;
--
-- CREATE OR REPLACE FUNCTION public.handle_new_user() RETURNS trigger
-- LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
-- BEGIN
--     INSERT INTO profiles (id, display_name)
--     VALUES (NEW.id, coalesce(nullif(split_part(NEW.email, '@', 1), ''), 'somebody'));
--     RETURN NEW;
-- END
-- $$;
-- GRANT EXECUTE ON FUNCTION public.handle_new_user() TO PUBLIC;
-- GRANT EXECUTE ON FUNCTION public.touch_updated_at() TO PUBLIC;
