-- CreateTable
CREATE TABLE "data_assets" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "kind" TEXT NOT NULL DEFAULT 'other',
    "state" TEXT NOT NULL DEFAULT 'active',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "data_assets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "data_fields" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "asset_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "classification" TEXT NOT NULL,
    "handling" TEXT NOT NULL DEFAULT 'none',
    "note" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "data_fields_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "action_type_data" (
    "workspace_id" TEXT NOT NULL,
    "action_type_id" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "field_id" TEXT NOT NULL,

    CONSTRAINT "action_type_data_pkey" PRIMARY KEY ("action_type_id","direction","path")
);

-- CreateTable
CREATE TABLE "data_imports" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "secret_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'running',
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER NOT NULL DEFAULT 0,
    "proposal" JSONB,
    "error" TEXT NOT NULL DEFAULT '',
    "started_by" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "data_imports_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "data_assets_workspace_id_created_at_id_idx" ON "data_assets"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "data_assets_workspace_id_name_key" ON "data_assets"("workspace_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "data_fields_workspace_id_asset_id_name_key" ON "data_fields"("workspace_id", "asset_id", "name");

-- CreateIndex
CREATE INDEX "action_type_data_workspace_id_field_id_idx" ON "action_type_data"("workspace_id", "field_id");

-- CreateIndex
CREATE INDEX "data_imports_workspace_id_started_at_id_idx" ON "data_imports"("workspace_id", "started_at", "id");

-- AddForeignKey
ALTER TABLE "data_imports" ADD CONSTRAINT "data_imports_secret_id_fkey" FOREIGN KEY ("secret_id") REFERENCES "secrets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "data_fields" ADD CONSTRAINT "data_fields_asset_id_fkey" FOREIGN KEY ("asset_id") REFERENCES "data_assets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "action_type_data" ADD CONSTRAINT "action_type_data_action_type_id_fkey" FOREIGN KEY ("action_type_id") REFERENCES "action_types"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "action_type_data" ADD CONSTRAINT "action_type_data_field_id_fkey" FOREIGN KEY ("field_id") REFERENCES "data_fields"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What decides is written only as it is understood: an unknown level or handling would be none.
ALTER TABLE data_assets
  ADD CHECK (kind IN ('table', 'document', 'file', 'other')),
  ADD CHECK (state IN ('active', 'retired'));
ALTER TABLE data_fields
  ADD CHECK (classification IN ('Public', 'Internal', 'Confidential', 'Restricted')),
  ADD CHECK (handling IN ('none', 'mask', 'tokenise', 'redact', 'never_leave'));
ALTER TABLE data_imports
  ADD CHECK (state IN ('running', 'ready', 'failed', 'cancelled')),
  ADD CHECK ((finished_at IS NULL) = (state = 'running'));
ALTER TABLE action_type_data ADD CHECK (direction IN ('input', 'output'));

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['data_assets', 'data_fields', 'action_type_data', 'data_imports'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant ON %I USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace())',
      tenant_table);
    EXECUTE format(
      'CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION announce_change()',
      tenant_table);
  END LOOP;
END $$;

-- Console and jobs. An asset is retired, never deleted.
GRANT SELECT, INSERT, UPDATE ON data_assets, data_imports TO countersign_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON data_fields TO countersign_app;
GRANT SELECT, INSERT, DELETE ON action_type_data TO countersign_app;
-- The gateway reads what a decision needs.
GRANT SELECT ON data_fields, action_type_data TO countersign_gateway;
