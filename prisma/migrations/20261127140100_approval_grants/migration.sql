-- A signature given beforehand for actions like one that a person has seen: so many, until then.
CREATE TABLE "approval_grants" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "action_type" TEXT NOT NULL,
    "classification" TEXT,
    "route_id" TEXT,
    "reasons" TEXT[],
    "parameter" TEXT,
    "up_to" DOUBLE PRECISION,
    "currency" TEXT,
    "max_uses" INTEGER NOT NULL,
    "used" INTEGER NOT NULL DEFAULT 0,
    "reason" TEXT NOT NULL,
    "made_from" TEXT NOT NULL,
    "granted_by" TEXT NOT NULL,
    "auth_method" TEXT NOT NULL,
    "signing" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" TEXT,
    CONSTRAINT "approval_grants_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "approval_grants_uses" CHECK (max_uses BETWEEN 1 AND 100 AND used BETWEEN 0 AND max_uses),
    CONSTRAINT "approval_grants_length" CHECK (ends_at > created_at AND ends_at <= created_at + interval '24 hours'),
    CONSTRAINT "approval_grants_amount" CHECK ((parameter IS NULL) = (up_to IS NULL))
);
CREATE INDEX "approval_grants_workspace_id_created_at_idx" ON "approval_grants"("workspace_id", "created_at");
CREATE INDEX approval_grants_open ON approval_grants (workspace_id, ends_at) WHERE ended_at IS NULL AND used < max_uses;

ALTER TABLE approval_grants ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON approval_grants USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
-- What it allows is never widened.
GRANT SELECT, INSERT, UPDATE (used, ended_at, ended_by) ON approval_grants TO countersign_app;
CREATE TRIGGER announce AFTER INSERT OR UPDATE ON approval_grants FOR EACH ROW EXECUTE FUNCTION announce_change();

-- The workspaces where a grant may be used, so that a job need not ask in each.
CREATE FUNCTION workspaces_with_grants() RETURNS SETOF text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT DISTINCT workspace_id FROM approval_grants WHERE ended_at IS NULL AND used < max_uses AND ends_at > now() ORDER BY 1
  $$;
REVOKE ALL ON FUNCTION workspaces_with_grants() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION workspaces_with_grants() TO countersign_app;
