-- What a member may beyond their roles, such as reading protected payloads. Nobody has any at first.
ALTER TABLE members ADD COLUMN abilities TEXT[] NOT NULL DEFAULT '{}';

-- A request carries them as it carries the roles. What a function returns cannot be replaced.
DROP FUNCTION member_by_session(text);
DROP FUNCTION member_by_token(text);

CREATE FUNCTION member_by_session(wanted text)
  RETURNS TABLE (workspace_id text, member_id text, name text, roles text[], abilities text[], method text, authenticated_at timestamptz, scopes text[])
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT m.workspace_id, m.id, m.name, m.roles, m.abilities, s.method, s.created_at, NULL::text[]
    FROM member_sessions s JOIN members m ON m.id = s.member_id
    WHERE s.id = wanted AND s.revoked_at IS NULL AND s.expires_at > now() AND m.state = 'active'
  $$;

CREATE FUNCTION member_by_token(wanted text)
  RETURNS TABLE (workspace_id text, member_id text, name text, roles text[], abilities text[], method text, authenticated_at timestamptz, scopes text[], token_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT m.workspace_id, m.id, m.name, m.roles, m.abilities, 'token', t.created_at, t.scopes, t.id
    FROM access_tokens t JOIN members m ON m.id = t.member_id
    WHERE t.token_hash = wanted AND t.revoked_at IS NULL AND t.expires_at > now() AND m.state = 'active'
  $$;

REVOKE ALL ON FUNCTION member_by_session(text), member_by_token(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION member_by_session(text), member_by_token(text) TO countersign_app;

-- The keys that the trail's protected payloads are sealed with, one a month and classification,
-- wrapped by the master key. Destroying one leaves the row, and what it sealed unreadable.
CREATE TABLE trail_keys (
  "id"             TEXT NOT NULL,
  "workspace_id"   TEXT NOT NULL,
  -- 2026-11, of the events' time in UTC.
  "month"          TEXT NOT NULL CHECK (month ~ '^\d{4}-(0[1-9]|1[0-2])$'),
  "classification" TEXT NOT NULL CHECK (classification IN ('Confidential', 'Restricted')),
  "wrapped"        BYTEA,
  "created_at"     TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "destroyed_at"   TIMESTAMPTZ(3),
  "destroyed_by"   TEXT,
  "reason"         TEXT,

  CONSTRAINT "trail_keys_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "trail_keys_destroyed" CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
CREATE UNIQUE INDEX "trail_keys_workspace_id_month_classification_key" ON trail_keys (workspace_id, month, classification);

ALTER TABLE trail_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trail_keys USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
-- A key is destroyed and never replaced: what is sealed with it would be lost without a trace.
CREATE POLICY only_destroy ON trail_keys AS RESTRICTIVE FOR UPDATE TO countersign_app
  USING (wrapped IS NOT NULL) WITH CHECK (wrapped IS NULL);
-- The sequencer seals for every workspace, and makes the keys it needs.
CREATE POLICY sequencer ON trail_keys TO countersign_sequencer USING (true) WITH CHECK (true);

GRANT SELECT, INSERT ON trail_keys TO countersign_sequencer;
GRANT SELECT, UPDATE (wrapped, destroyed_at, destroyed_by, reason) ON trail_keys TO countersign_app;
