import {
  actorOf,
  type Attributes,
  changed,
  commonOf,
  type Recorded,
  resourcesOf,
  sourceOf,
  table,
  wordOf,
} from './base';
import { apiActivity, classified, OTHER } from './classes';
import { compliance, detection } from './findings';
import { access, account, entity, group, isSignIn, signIn } from './identity';
import { controlOf, severityOf, statusOf } from './status';

type Event = Recorded['event'];

const ACCOUNTS = new Set(['member', 'invitation', 'credential', 'access_token']);
const ENTITIES = new Set(['agent', 'tool', 'action_type', 'secret', 'rotation', 'workspace']);
const GROUPS = new Set(['role', 'permission']);
const NOTICED = new Set(['anomaly', 'incident', 'firewall']);

/** The OCSF 1.8 event of a trail event: the class that fits it, API Activity where none does. */
export function toOcsf(recorded: Recorded): Attributes {
  const { event } = recorded;
  const control = controlOf(event);
  const own = control ? call(event) : ownOf(event);
  // Not a literal of spreads: V8 adds the members of all but the first one by one, which took
  // more than half of an export's time.
  return Object.assign(commonOf(recorded, control ? ['security_control'] : []), own, control);
}

function ownOf(event: Event): Attributes {
  const [kind = ''] = event.type.split('.');
  if (isSignIn(event.type)) return signIn(event);
  if (/^member\.(updated|confirmed)$/.test(event.type) && rolesChanged(event)) {
    return access(event);
  }
  if (ACCOUNTS.has(kind)) return account(event);
  if (kind === 'agent_role') return access(event);
  if (GROUPS.has(kind)) return group(event);
  if (ENTITIES.has(kind)) return entity(event);
  if (kind === 'compliance') return compliance(event);
  if (NOTICED.has(kind)) return detection(event);
  if (event.type === 'trail.verified' && event.outcome === 'failed') return detection(event);
  return call(event);
}

function rolesChanged(event: Event): boolean {
  return Array.isArray(changed(event, 'roles'));
}

const activities = table({
  created: 1,
  added: 1,
  read: 2,
  exported: 2,
  verified: 2,
  downloaded: 2,
  updated: 3,
  removed: 4,
  deleted: 4,
});

/** API Activity: what an agent asked for, and everything that no other class is for. */
function call(event: Event): Attributes {
  const suffix = event.type.slice(event.type.search(/[._][a-z]+$/) + 1);
  const { action, object, id } = event;
  return Object.assign(
    classified(apiActivity, activities.get(suffix) ?? OTHER, wordOf(event), severityOf(event)),
    statusOf(event),
    {
      actor: actorOf(event),
      src_endpoint: sourceOf(event),
      api: {
        operation: object?.type === 'action_type' ? object.id : event.type,
        service: { name: action === undefined ? 'Countersign' : 'Countersign gateway' },
        request: { uid: action ?? id },
      },
    },
    resourcesOf(event),
  );
}
