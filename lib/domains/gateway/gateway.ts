/** The gateway's parts, put together: what the pipeline and the HTTP routes work with. */
import { env } from '@/lib/infra/env';
import { createPool, inTenant, Listener, type Pool } from '@/lib/infra/pg';
import { clock } from '@/lib/kernel/clock';
import { Backlog } from './backlog';
import { warmUp } from './cedar/evaluate';
import { InFlight } from './in-flight';
import { Limits } from './limits';
import { Metrics } from './metrics';
import { Recorder } from './recorder';
import { Refusals } from './refusals';
import { SESSION_CHANNEL, Sessions } from './sessions';
import { readParts } from './snapshot/rows';
import type { Snapshot } from './snapshot/snapshot';
import { Snapshots } from './snapshot/store';
import { ToolClient } from './tool/client';
import { sealedOf } from './tool/credentials';
import type { CredentialSource } from './tool/run';
import { Wakes } from './wakes';

export interface Gateway {
  /** The gateway's own URL: issuer and audience of its tokens. */
  issuer: string;
  pool: Pool;
  snapshots: Snapshots;
  sessions: Sessions;
  limits: Limits;
  recorder: Recorder;
  refusals: Refusals;
  tools: ToolClient;
  backlog: Backlog;
  inFlight: InFlight;
  wakes: Wakes;
  metrics: Metrics;
  /** Finishes what is being recorded and closes every connection. */
  stop: () => Promise<void>;
}

const CHANGES = 'countersign_changes';
const CONNECTIONS = 16;
/** A decision's statements take milliseconds; one that takes this long will not be answered any more. */
const QUERY_MS = 30_000;

/** Connects; resolves once it hears of changes and can decide. */
export async function createGateway(options: { issuer?: string } = {}): Promise<Gateway> {
  const pool = createPool('countersign_gateway', CONNECTIONS, QUERY_MS);
  const metrics = new Metrics();
  const sessions = new Sessions(pool);
  const limits = new Limits();
  const wakes = new Wakes();
  const listener: Listener = new Listener({
    role: 'countersign_gateway',
    channels: [CHANGES, SESSION_CHANNEL],
    onNotice: (channel, payload) => {
      if (channel === SESSION_CHANNEL) return sessions.forget(payload);
      const [workspace = '', table = '', action] = payload.split(':');
      if (action !== undefined) return wakes.wake(action);
      return snapshots.changed(workspace, table);
    },
    onConnect: () => {
      snapshots.clear();
      sessions.clear();
      wakes.wakeAll();
    },
  });
  const snapshots = new Snapshots(pool, listener, ({ workspace }) =>
    inTenant(pool, workspace, (client) => limits.hydrate(client, clock.now().getTime())),
  );
  const recorder = new Recorder(pool, metrics);
  const backlog = new Backlog(pool);
  const tools = new ToolClient();
  metrics.watch({ recorder, backlog, snapshots });
  const inFlight = new InFlight();
  warmUp();
  await listener.start();
  await backlog.start();
  return {
    issuer: options.issuer ?? env().GATEWAY_URL,
    pool,
    snapshots,
    sessions,
    limits,
    recorder,
    refusals: new Refusals(recorder),
    tools,
    backlog,
    inFlight,
    wakes,
    metrics,
    stop: async () => {
      wakes.close();
      // Whoever proposed it may be gone, and with it the connection that was waited for.
      await inFlight.answered();
      await recorder.drain();
      backlog.stop();
      await listener.stop();
      await tools.close();
      await pool.end();
    },
  };
}

/** A decision's source of tools' secrets: its own snapshot's, or read anew. */
export function credentialSource(pool: Pool, snapshot: Snapshot): CredentialSource {
  const { workspace, dataKey, secrets } = snapshot;
  return async (secretId, fresh) => {
    if (!fresh) {
      const sealed = secrets.get(secretId);
      return sealed && { workspace, dataKey, ...sealed };
    }
    return inTenant(pool, workspace, async (client) => {
      const read = await readParts(client, ['secrets']);
      const row = read.secrets?.find((secret) => secret.secret_id === secretId);
      return row && { workspace, dataKey, ...sealedOf(row) };
    });
  };
}
