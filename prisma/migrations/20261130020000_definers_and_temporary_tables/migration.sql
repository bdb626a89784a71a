-- What acts as the owner looks at its caller's temporary tables last. Where they are not named, they
-- come before all others: a temporary view named as a table, with a function in it, ran as the owner.
-- The login roles may make none, unless the database is somebody else's who lets everyone.
DO $$
DECLARE
  definer regprocedure;
BEGIN
  FOR definer IN
    SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef AND 'search_path=public' = ANY (proconfig)
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = public, pg_temp', definer);
  END LOOP;
END $$;
