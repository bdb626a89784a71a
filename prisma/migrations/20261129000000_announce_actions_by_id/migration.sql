-- A step of a held action is announced with the action's id, {workspace}:{table}:{action}, so
-- that it wakes who waits for that action, and not whoever waits in the workspace.
CREATE FUNCTION announce_action() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('countersign_changes', NEW.workspace_id || ':' || TG_TABLE_NAME || ':' || NEW.id);
  RETURN NULL;
END $$;

CREATE FUNCTION announce_question() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('countersign_changes', NEW.workspace_id || ':' || TG_TABLE_NAME || ':' || NEW.action_id);
  RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION announce_action(), announce_question() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION announce_action(), announce_question() TO countersign_app, countersign_gateway;

DROP TRIGGER announce_held ON actions;
CREATE TRIGGER announce_held AFTER UPDATE OF status ON actions FOR EACH ROW
  WHEN (OLD.tier = 3 AND OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION announce_action();

DROP TRIGGER announce ON approval_questions;
CREATE TRIGGER announce AFTER INSERT OR UPDATE ON approval_questions
  FOR EACH ROW EXECUTE FUNCTION announce_question();
