-- Where a workspace's people hear of held actions.
CREATE TABLE notification_channels (
  id              text           NOT NULL PRIMARY KEY,
  workspace_id    text           NOT NULL,
  name            text           NOT NULL,
  kind            text           NOT NULL CHECK (kind IN ('email', 'slack', 'teams', 'webhook')),
  -- Addresses are secrets: sealed under the workspace's data key, bound to the id; gone once removed.
  target          bytea,
  host            text           NOT NULL DEFAULT '',
  groups          jsonb,
  occasions       text[]         NOT NULL,
  secret          bytea,
  previous_secret bytea,
  previous_until  timestamptz(3),
  state           text           NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'removed')),
  -- Why it is paused, when nobody did it.
  reason          text           NOT NULL DEFAULT '',
  delivered_at    timestamptz(3),
  failing_since   timestamptz(3),
  error           text,
  created_by      text           NOT NULL,
  created_at      timestamptz(3) NOT NULL DEFAULT now(),
  updated_at      timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX notification_channels_workspace_id_created_at_id_idx ON notification_channels (workspace_id, created_at, id);
-- A removed one's name is free again.
CREATE UNIQUE INDEX notification_channels_name ON notification_channels (workspace_id, name) WHERE state <> 'removed';

-- The outbox of messages: each to one recipient, once.
CREATE TABLE notifications (
  id           text           NOT NULL PRIMARY KEY,
  workspace_id text           NOT NULL,
  -- Without one: mail to an admin whatever the channels are.
  channel_id   text           REFERENCES notification_channels (id),
  occasion     text           NOT NULL,
  action_id    text,
  subject      text           NOT NULL,
  -- A member; empty where a channel has one address.
  recipient    text           NOT NULL DEFAULT '',
  detail       jsonb          NOT NULL DEFAULT '{}',
  state        text           NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'failed', 'skipped')),
  tries        integer        NOT NULL DEFAULT 0,
  next_try_at  timestamptz(3) NOT NULL,
  claim        text,
  last_error   text,
  created_at   timestamptz(3) NOT NULL,
  ended_at     timestamptz(3)
);
CREATE UNIQUE INDEX notifications_once ON notifications (workspace_id, coalesce(channel_id, ''), occasion, subject, recipient);
CREATE INDEX notifications_workspace_id_created_at_id_idx ON notifications (workspace_id, created_at, id);
CREATE INDEX notifications_workspace_id_channel_id_created_at_id_idx ON notifications (workspace_id, channel_id, created_at, id);
CREATE INDEX notifications_workspace_id_action_id_idx ON notifications (workspace_id, action_id);
CREATE INDEX notifications_queued ON notifications (workspace_id, next_try_at, created_at, id) WHERE state = 'queued';
CREATE INDEX notifications_claimed ON notifications (workspace_id) WHERE claim IS NOT NULL;

-- Which held actions have been seen, in the order in which they were held.
CREATE TABLE notification_waits (
  action_id    text           NOT NULL PRIMARY KEY,
  workspace_id text           NOT NULL,
  requested_at timestamptz(3) NOT NULL,
  told         text[]         NOT NULL DEFAULT '{}',
  open         boolean        NOT NULL DEFAULT true
);
CREATE INDEX notification_waits_workspace_id_requested_at_idx ON notification_waits (workspace_id, requested_at);
CREATE INDEX notification_waits_open ON notification_waits (workspace_id, action_id) WHERE open;

CREATE TABLE unmanned_groups (
  group_id     text           NOT NULL PRIMARY KEY,
  workspace_id text           NOT NULL,
  since        timestamptz(3) NOT NULL
);

CREATE TABLE email_opt_outs (
  member_id    text           NOT NULL PRIMARY KEY,
  workspace_id text           NOT NULL,
  at           timestamptz(3) NOT NULL
);

DO $$
DECLARE
  tenanted text;
BEGIN
  FOREACH tenanted IN ARRAY ARRAY[
    'notification_channels', 'notifications', 'notification_waits', 'unmanned_groups', 'email_opt_outs'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenanted);
    EXECUTE format(
      'CREATE POLICY tenant ON %I USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace())',
      tenanted);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON notification_channels, notification_waits TO countersign_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON notifications TO countersign_app;
GRANT SELECT, INSERT, DELETE ON unmanned_groups, email_opt_outs TO countersign_app;

-- What was held before is no news.
INSERT INTO notification_waits (action_id, workspace_id, requested_at, open)
SELECT p.action_id, p.workspace_id, p.requested_at, a.status = 'pending'
FROM approvals p JOIN actions a ON a.id = p.action_id;
