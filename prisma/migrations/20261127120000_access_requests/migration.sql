-- Nullable, as gateway_record fills a row from what the gateway says of it.
ALTER TABLE "actions" ADD COLUMN "asked_by" TEXT;

CREATE TABLE "access_requests" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "requester" TEXT NOT NULL,
    "idempotency_key" TEXT,
    "request_hash" TEXT NOT NULL,
    "bundled" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "access_requests_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "access_requests_workspace_id_requester_idempotency_key_key" ON "access_requests"("workspace_id", "requester", "idempotency_key");

CREATE TABLE "access_request_items" (
    "action_id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "resource" JSONB NOT NULL,
    "evaluation_id" TEXT NOT NULL,
    "binding_hash" TEXT NOT NULL,
    "approval_id" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3),
    "used_at" TIMESTAMPTZ(3),
    CONSTRAINT "access_request_items_pkey" PRIMARY KEY ("action_id"),
    CONSTRAINT "access_request_items_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "access_requests"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "access_request_items_approval_id_key" ON "access_request_items"("approval_id");
CREATE UNIQUE INDEX "access_request_items_workspace_id_evaluation_id_key" ON "access_request_items"("workspace_id", "evaluation_id");
CREATE INDEX "access_request_items_request_id_idx" ON "access_request_items"("request_id");

DO $$
DECLARE
  tenanted text;
BEGIN
  FOREACH tenanted IN ARRAY ARRAY['access_requests', 'access_request_items'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenanted);
    EXECUTE format(
      'CREATE POLICY tenant ON %I USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace())',
      tenanted);
  END LOOP;
END $$;

-- What was asked for is never changed; that an approval was used is written once, by a conditional update.
GRANT SELECT, INSERT ON access_requests, access_request_items TO countersign_gateway;
GRANT UPDATE (used_at) ON access_request_items TO countersign_gateway;
-- An approval is used only while its signatures suffice.
GRANT SELECT ON approval_signatures TO countersign_gateway;
