CREATE TABLE "cedar_policies" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "updated_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "cedar_policies_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "cedar_policies_workspace_id_name_key" ON "cedar_policies"("workspace_id", "name");
CREATE INDEX "cedar_policies_workspace_id_created_at_id_idx" ON "cedar_policies"("workspace_id", "created_at", "id");

CREATE TABLE "cedar_schemas" (
    "workspace_id" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "cedar_schemas_pkey" PRIMARY KEY ("workspace_id")
);

-- In the order of bytes, whatever the database's language: pages go by it.
CREATE TABLE "entities" (
    "workspace_id" TEXT NOT NULL,
    "type" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "properties" JSONB NOT NULL DEFAULT '{}',
    "parents" JSONB NOT NULL DEFAULT '[]',
    "updated_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "entities_pkey" PRIMARY KEY ("workspace_id", "type", "id")
);

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['cedar_policies', 'cedar_schemas', 'entities'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant ON %I USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace())',
      tenant_table);
  END LOOP;
  -- Entities are read when they are asked about, so nobody keeps a copy of them.
  FOREACH tenant_table IN ARRAY ARRAY['cedar_policies', 'cedar_schemas'] LOOP
    EXECUTE format(
      'CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION announce_change()',
      tenant_table);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON cedar_policies, cedar_schemas, entities TO countersign_app;
GRANT SELECT ON cedar_policies, cedar_schemas, entities TO countersign_gateway;
