-- Tenant isolation and least privilege in the database itself. The tables belong to the
-- migrating owner; the login roles (made by workers/migrate.ts) own nothing, cannot bypass
-- row-level security, and have only the grants below.

-- The workspace of the current transaction; NULL, which matches no row, when it is not set.
CREATE FUNCTION current_workspace() RETURNS text
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('countersign.workspace', true), '');

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO countersign_app, countersign_gateway, countersign_sequencer;

-- Workspaces are their own tenants.
ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON workspaces USING (id = current_workspace()) WITH CHECK (id = current_workspace());

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY[
    'members', 'member_sessions', 'invitations', 'access_tokens',
    'agents', 'credentials', 'used_assertions', 'revoked_tokens',
    'tools', 'action_types', 'roles', 'permissions', 'agent_roles',
    'sessions', 'actions', 'approvals', 'sample_days', 'samples',
    'secrets', 'secret_versions', 'rotations',
    'compliance_runs', 'compliance_results', 'outbox', 'trail_verifications'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant ON %I USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace())',
      tenant_table);
  END LOOP;
END $$;

-- The sequencer reads every workspace's outbox and deletes what the trail has committed.
CREATE POLICY sequencer ON outbox TO countersign_sequencer USING (true);
GRANT SELECT, DELETE ON outbox TO countersign_sequencer;

-- Evidence on its way to the trail can be added by anyone who acts, and read or changed by none.
GRANT INSERT ON outbox TO countersign_app, countersign_gateway;
GRANT USAGE ON SEQUENCE outbox_seq_seq TO countersign_app, countersign_gateway;

-- Console and jobs.
GRANT SELECT, INSERT, UPDATE ON
  workspaces, members, member_sessions, invitations, access_tokens,
  agents, credentials, tools, action_types, roles, permissions,
  actions, approvals, samples, secrets, secret_versions, rotations, compliance_runs
  TO countersign_app;
GRANT SELECT, INSERT ON sample_days, compliance_results, trail_verifications, revoked_tokens TO countersign_app;
GRANT SELECT ON sessions TO countersign_app;
GRANT SELECT, INSERT, DELETE ON agent_roles TO countersign_app;
GRANT DELETE ON permissions, invitations TO countersign_app;

-- Gateway: reads what a decision needs, writes what it decided.
GRANT SELECT ON
  workspaces, agents, credentials, tools, action_types, roles, permissions, agent_roles,
  secrets, secret_versions, revoked_tokens
  TO countersign_gateway;
GRANT SELECT, INSERT ON used_assertions, approvals TO countersign_gateway;
GRANT INSERT ON revoked_tokens TO countersign_gateway;
GRANT SELECT, INSERT, UPDATE ON sessions, actions TO countersign_gateway;
GRANT UPDATE (last_used_at) ON credentials TO countersign_gateway;

-- Lookups that come before the workspace is known. Each answers one narrow question.
CREATE FUNCTION workspace_ids() RETURNS SETOF text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$ SELECT id FROM workspaces ORDER BY id $$;

CREATE FUNCTION member_by_email(wanted text) RETURNS TABLE (workspace_id text, member_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$ SELECT workspace_id, id FROM members WHERE email = lower(wanted) $$;

CREATE FUNCTION member_by_session(wanted text)
  RETURNS TABLE (workspace_id text, member_id text, name text, roles text[], method text, authenticated_at timestamptz, scopes text[])
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT m.workspace_id, m.id, m.name, m.roles, s.method, s.created_at, NULL::text[]
    FROM member_sessions s JOIN members m ON m.id = s.member_id
    WHERE s.id = wanted AND s.revoked_at IS NULL AND s.expires_at > now() AND m.state = 'active'
  $$;

CREATE FUNCTION member_by_token(wanted text)
  RETURNS TABLE (workspace_id text, member_id text, name text, roles text[], method text, authenticated_at timestamptz, scopes text[], token_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT m.workspace_id, m.id, m.name, m.roles, 'token', t.created_at, t.scopes, t.id
    FROM access_tokens t JOIN members m ON m.id = t.member_id
    WHERE t.token_hash = wanted AND t.revoked_at IS NULL AND t.expires_at > now() AND m.state = 'active'
  $$;

CREATE FUNCTION invitation_by_token(wanted text) RETURNS TABLE (workspace_id text, invitation_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$ SELECT workspace_id, id FROM invitations WHERE token_hash = wanted $$;

CREATE FUNCTION agent_workspace(wanted text) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$ SELECT workspace_id FROM agents WHERE id = wanted $$;

-- How far the trail is behind, for the gateway's own limit: at most limit + 1 rows are counted.
CREATE FUNCTION outbox_backlog(row_limit int) RETURNS TABLE (events bigint, oldest timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT (SELECT count(*) FROM (SELECT 1 FROM outbox LIMIT row_limit + 1) AS waiting),
           (SELECT created_at FROM outbox ORDER BY seq LIMIT 1)
  $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_workspace() TO countersign_app, countersign_gateway, countersign_sequencer;
GRANT EXECUTE ON FUNCTION workspace_ids() TO countersign_app, countersign_gateway, countersign_sequencer;
GRANT EXECUTE ON FUNCTION member_by_email(text), member_by_session(text), member_by_token(text), invitation_by_token(text) TO countersign_app;
GRANT EXECUTE ON FUNCTION agent_workspace(text) TO countersign_gateway;
GRANT EXECUTE ON FUNCTION outbox_backlog(int) TO countersign_app, countersign_gateway, countersign_sequencer;

-- Changes that a process keeps a copy of, announced as {workspace}:{table}. The gateway's
-- snapshot and the console's live updates listen; actions only where a person waits.
CREATE FUNCTION announce_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('countersign_changes', coalesce(NEW.workspace_id, OLD.workspace_id) || ':' || TG_TABLE_NAME);
  RETURN NULL;
END $$;

CREATE FUNCTION announce_workspace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('countersign_changes', NEW.id || ':' || TG_TABLE_NAME);
  RETURN NULL;
END $$;

DO $$
DECLARE
  watched text;
BEGIN
  FOREACH watched IN ARRAY ARRAY[
    'agents', 'credentials', 'revoked_tokens', 'tools', 'action_types', 'roles', 'permissions',
    'agent_roles', 'secrets', 'secret_versions', 'rotations', 'samples', 'compliance_runs',
    'approvals', 'members', 'trail_verifications'
  ] LOOP
    -- A credential's last use is no change that anyone keeps a copy of.
    EXECUTE format(
      'CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION announce_change()',
      watched);
  END LOOP;
END $$;

DROP TRIGGER announce ON credentials;
CREATE TRIGGER announce AFTER INSERT OR DELETE OR UPDATE OF state, expires_at, public_jwk, secret_hash
  ON credentials FOR EACH ROW EXECUTE FUNCTION announce_change();
CREATE TRIGGER announce AFTER INSERT OR UPDATE ON workspaces FOR EACH ROW EXECUTE FUNCTION announce_workspace();

-- Held actions announce every step; what runs at once announces nothing (NOTIFY serialises commits).
CREATE TRIGGER announce_held AFTER UPDATE OF status ON actions FOR EACH ROW
  WHEN (OLD.tier = 3 AND OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION announce_change();

GRANT EXECUTE ON FUNCTION announce_change(), announce_workspace() TO countersign_app, countersign_gateway;

-- What sweeps and pages look for, where an index over every row would be waste.
CREATE INDEX actions_waiting ON actions (workspace_id, expires_at) WHERE status = 'pending';
CREATE INDEX actions_unfinished ON actions (workspace_id, deadline_at) WHERE status IN ('approved', 'running');
CREATE INDEX actions_supervised ON actions (workspace_id, created_at) WHERE tier = 2;
