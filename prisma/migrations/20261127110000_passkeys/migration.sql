CREATE TABLE "passkeys" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "member_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "credential_id" TEXT NOT NULL,
    "public_key" BYTEA NOT NULL,
    "algorithm" TEXT NOT NULL,
    "counter" BIGINT NOT NULL,
    "transports" TEXT[],
    "backed_up" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    CONSTRAINT "passkeys_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "passkeys_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "members"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "passkeys_credential_id_key" ON "passkeys"("credential_id");
CREATE INDEX "passkeys_workspace_id_member_id_created_at_idx" ON "passkeys"("workspace_id", "member_id", "created_at");

ALTER TABLE passkeys ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON passkeys USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE, DELETE ON passkeys TO countersign_app;

-- A session has at most one open challenge: what a passkey must sign next, for what, and until when.
ALTER TABLE "member_sessions"
  ADD COLUMN "stepped_up_at" TIMESTAMPTZ(3),
  ADD COLUMN "challenge" TEXT,
  ADD COLUMN "challenge_for" TEXT,
  ADD COLUMN "challenge_expires_at" TIMESTAMPTZ(3);
