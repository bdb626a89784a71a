-- A role may grant an action type more than once, under different conditions.
ALTER TABLE "permissions" ADD COLUMN "condition" JSONB NOT NULL DEFAULT '[]';
DROP INDEX "permissions_workspace_id_role_id_action_type_id_key";
CREATE INDEX "permissions_workspace_id_role_id_action_type_id_idx" ON "permissions"("workspace_id", "role_id", "action_type_id");

-- An agent of one environment reaches no tool of another.
ALTER TABLE "tools" ADD COLUMN "environment" TEXT;

-- What a condition on the network was decided from.
ALTER TABLE "actions" ADD COLUMN "address" TEXT;
