-- Used assertions and revoked tokens matter only until what they speak of has expired. No
-- role may delete them at will; this deletes those long past, of the current workspace only.
CREATE FUNCTION forget_expired_tokens() RETURNS bigint
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public
  AS $$
    WITH assertions AS (
      DELETE FROM used_assertions
      WHERE workspace_id = current_workspace() AND expires_at < now() - interval '1 hour'
      RETURNING 1
    ), tokens AS (
      DELETE FROM revoked_tokens
      WHERE workspace_id = current_workspace() AND expires_at < now() - interval '1 hour'
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM assertions) + (SELECT count(*) FROM tokens)
  $$;

REVOKE ALL ON FUNCTION forget_expired_tokens() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_expired_tokens() TO countersign_app;
