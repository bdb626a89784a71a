-- Every admin is shown what was approved by breaking the glass lately; there is hardly any among all approvals.
CREATE INDEX "approvals_broke_glass" ON "approvals"("workspace_id", "decided_at") WHERE "broke_glass";
