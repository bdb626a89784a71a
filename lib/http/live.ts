import { listen } from '@/lib/infra/listen';

const COALESCE_MS = 250;
const HEARTBEAT_MS = 15_000;
const RECHECK_MS = 30_000;

/** The query-key roots that show what is in each announced table. */
const topicsOf: Record<string, string | string[]> = {
  agents: 'agents',
  credentials: 'credentials',
  tools: 'catalog',
  action_types: 'catalog',
  data_assets: 'classification',
  data_imports: 'classification',
  data_fields: ['classification', 'catalog'],
  action_type_data: ['classification', 'catalog'],
  roles: 'access',
  permissions: 'access',
  agent_roles: 'access',
  campaigns: 'campaigns',
  campaign_items: 'campaigns',
  actions: 'approvals',
  approvals: 'approvals',
  approval_signatures: 'approvals',
  approval_questions: 'approvals',
  approval_routes: 'approvals',
  approver_groups: 'approvals',
  approver_group_members: 'approvals',
  approval_delegations: 'approvals',
  approval_grants: 'approvals',
  samples: 'reviews',
  sample_reviews: 'reviews',
  review_findings: 'reviews',
  review_follow_ups: 'reviews',
  secrets: 'vault',
  secret_versions: 'vault',
  rotations: 'vault',
  compliance_runs: 'compliance',
  trail: 'trail',
  trail_verifications: 'trail',
  members: 'members',
  workspaces: 'workspace',
};

type Listener = (topic: string) => void;

interface Hub {
  clients: Map<string, Set<Listener>>;
  /** Topics announced and not yet passed on, by workspace. */
  waiting: Map<string, Set<string>>;
}

// On globalThis: each route's bundle may have its own copy of this module, and the process
// shall have one connection.
const shared = globalThis as typeof globalThis & { countersignLive?: Hub };

function hub(): Hub {
  if (shared.countersignLive) return shared.countersignLive;
  const made: Hub = { clients: new Map(), waiting: new Map() };
  shared.countersignLive = made;
  listen({
    channel: 'countersign_changes',
    onMessage: (payload) => {
      const [workspace = '', table = ''] = payload.split(':');
      for (const topic of [topicsOf[table] ?? []].flat()) announce(made, workspace, topic);
    },
    onReconnect: () => {
      // What was announced meanwhile is lost, so everything may have changed.
      for (const workspace of made.clients.keys()) {
        for (const topic of new Set(Object.values(topicsOf).flat()))
          announce(made, workspace, topic);
      }
    },
  });
  return made;
}

/** Passes what is announced within one moment on together, each topic once. */
function announce(hub: Hub, workspace: string, topic: string): void {
  if (!hub.clients.has(workspace)) return;
  const waiting = hub.waiting.get(workspace);
  if (waiting) {
    waiting.add(topic);
    return;
  }
  hub.waiting.set(workspace, new Set([topic]));
  setTimeout(() => {
    const topics = hub.waiting.get(workspace) ?? new Set();
    hub.waiting.delete(workspace);
    for (const listener of hub.clients.get(workspace) ?? []) {
      for (const each of topics) listener(each);
    }
  }, COALESCE_MS);
}

function subscribe(workspace: string, listener: Listener): () => void {
  const { clients } = hub();
  const listeners = clients.get(workspace) ?? new Set();
  clients.set(workspace, listeners.add(listener));
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clients.delete(workspace);
  };
}

/**
 * Server-sent events of one workspace's changes: `event: topic`, `data:` a query-key root.
 * Ends when the client goes, or when `stillSignedIn` says no.
 */
export function liveResponse(
  workspace: string,
  signal: AbortSignal,
  stillSignedIn: () => Promise<boolean>,
): Response {
  const text = new TextEncoder();
  let stop = () => {};
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      let over = false;
      const send = (message: string) => {
        if (!over) controller.enqueue(text.encode(message));
      };
      const unsubscribe = subscribe(workspace, (topic) => send(`event: topic\ndata: ${topic}\n\n`));
      const heartbeat = setInterval(() => send(': alive\n\n'), HEARTBEAT_MS);
      const recheck = setInterval(() => {
        void stillSignedIn()
          // A database that cannot be asked is no reason to sign anyone out.
          .catch(() => true)
          .then((yes) => {
            if (!yes) end();
          });
      }, RECHECK_MS);
      stop = () => {
        over = true;
        unsubscribe();
        clearInterval(heartbeat);
        clearInterval(recheck);
      };
      const end = () => {
        if (over) return;
        send('event: signed-out\ndata: -\n\n');
        stop();
        controller.close();
      };
      signal.addEventListener('abort', () => {
        if (over) return;
        stop();
        controller.close();
      });
      send(': alive\n\n');
    },
    cancel: () => stop(),
  });
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  });
}
