-- Access reviews: each role and permission of each agent, confirmed or removed by its sponsor by a date.
CREATE TABLE "campaigns" (
  "id"           TEXT           NOT NULL,
  "workspace_id" TEXT           NOT NULL,
  "name"         TEXT           NOT NULL,
  "scope"        TEXT           NOT NULL CHECK ("scope" IN ('all', 'chosen')),
  "undone"       TEXT           NOT NULL CHECK ("undone" IN ('remove', 'escalate')),
  "due_at"       TIMESTAMPTZ(3) NOT NULL,
  "state"        TEXT           NOT NULL DEFAULT 'open' CHECK ("state" IN ('open', 'closed')),
  "reminders"    TEXT[]         NOT NULL DEFAULT ARRAY[]::TEXT[],
  "reminded_at"  TIMESTAMPTZ(3),
  "created_by"   TEXT           NOT NULL,
  "created_at"   TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "closed_by"    TEXT,
  "closed_at"    TIMESTAMPTZ(3),
  "close_reason" TEXT           NOT NULL DEFAULT '',

  CONSTRAINT "campaigns_pkey" PRIMARY KEY ("id"),
  CHECK (("closed_at" IS NULL) = ("state" = 'open'))
);
CREATE INDEX "campaigns_workspace_id_created_at_id_idx" ON "campaigns" ("workspace_id", "created_at", "id");
CREATE INDEX campaigns_open ON campaigns (workspace_id) WHERE state = 'open';

CREATE TABLE "campaign_items" (
  "id"             TEXT           NOT NULL,
  "workspace_id"   TEXT           NOT NULL,
  "campaign_id"    TEXT           NOT NULL,
  "position"       INTEGER        NOT NULL,
  "role_item_id"   TEXT,
  "agent_id"       TEXT           NOT NULL,
  "agent_name"     TEXT           NOT NULL,
  "role_id"        TEXT           NOT NULL,
  "role_name"      TEXT           NOT NULL,
  "permission_id"  TEXT,
  "granted"        JSONB          NOT NULL,
  "reviewer_id"    TEXT,
  "escalation"     TEXT,
  "decision"       TEXT           CHECK ("decision" IN ('confirm', 'remove', 'escalated', 'lapsed')),
  "reason"         TEXT           NOT NULL DEFAULT '',
  "decided_by"     TEXT,
  "decided_at"     TIMESTAMPTZ(3),
  "effect"         TEXT           CHECK ("effect" IN
    ('role_removed', 'permission_removed', 'removed_with_role', 'requested', 'already_gone', 'kept')),
  "settled_by"     TEXT,
  "settled_at"     TIMESTAMPTZ(3),
  "settled_reason" TEXT           NOT NULL DEFAULT '',

  CONSTRAINT "campaign_items_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "campaign_items_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  -- A permission's item is part of its role's; a role's of none.
  CHECK (("permission_id" IS NULL) = ("role_item_id" IS NULL)),
  CHECK ("effect" IS NULL OR "decision" IN ('remove', 'lapsed'))
);
CREATE UNIQUE INDEX "campaign_items_campaign_id_position_key" ON "campaign_items" ("campaign_id", "position");
CREATE INDEX "campaign_items_campaign_id_role_item_id_idx" ON "campaign_items" ("campaign_id", "role_item_id");
-- What still waits for someone, where an index over every item would be waste.
CREATE INDEX campaign_items_waiting ON campaign_items (workspace_id, reviewer_id, campaign_id) WHERE decision IS NULL;
CREATE INDEX campaign_items_escalated ON campaign_items (campaign_id) WHERE decision = 'escalated';
CREATE INDEX campaign_items_requested ON campaign_items (campaign_id, permission_id) WHERE effect = 'requested';

ALTER TABLE campaigns ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON campaigns USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
ALTER TABLE campaign_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON campaign_items USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());

-- What was reviewed stays as it was; only what is decided about it changes, and nothing is deleted.
GRANT SELECT, INSERT, UPDATE (state, reminders, reminded_at, closed_by, closed_at, close_reason)
  ON campaigns TO countersign_app;
GRANT SELECT, INSERT, UPDATE (
  escalation, decision, reason, decided_by, decided_at, effect, settled_by, settled_at, settled_reason
) ON campaign_items TO countersign_app;

CREATE TRIGGER announce AFTER INSERT OR UPDATE ON campaigns FOR EACH ROW EXECUTE FUNCTION announce_change();
CREATE TRIGGER announce AFTER UPDATE ON campaign_items FOR EACH ROW EXECUTE FUNCTION announce_change();
