import { reportReady } from '@/lib/infra/process';
import { DemoAgent } from './agents/agent';
import {
  agentsConfig,
  currentPace,
  readAgentsFile,
  type AgentRole,
  type AgentsFile,
} from './agents/config';
import { pause } from './agents/holding';
import { random } from './random';

/**
 * The demo's four agents at work against the gateway: programs over HTTP that hold nothing but
 * their own key. The pace is runs a minute over all of them; `demo-pace.json` beside the agents
 * file changes it while they run, as in {"pace": 60}; 0 pauses.
 */
const SHARE: Readonly<Record<AgentRole, number>> = {
  'customer-support': 4,
  'refund-handler': 5,
  'privacy-desk': 1,
  'order-analyst': 3,
};
const LOOK_AGAIN_MS = 250;

const config = agentsConfig();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
const log = (line: string) => void process.stdout.write(`${new Date().toISOString()} ${line}\n`);

const seed = new Date().toISOString();
const rng = random(seed);
let written = '';
let agents: { agent: DemoAgent; share: number }[] = [];
let lastRun = 0;

/** Takes up the agents file when it appears and when it changes (a rotated key, another port). */
function takeUp(file: AgentsFile | undefined): void {
  const text = JSON.stringify(file);
  if (file === undefined || text === written) return;
  written = text;
  agents = file.agents.map((entry) => ({
    agent: new DemoAgent({ gateway: file.gateway, entry, seed, signal: stop.signal, log }),
    share: SHARE[entry.role],
  }));
  log(`${agents.length} agents at work against ${file.gateway}`);
}

reportReady();
while (!stop.signal.aborted) {
  takeUp(readAgentsFile(config.agentsFile));
  const pace = currentPace(config);
  const wait = pace > 0 ? lastRun + 60_000 / pace - Date.now() : Number.POSITIVE_INFINITY;
  if (wait > 0 || agents.length === 0) {
    await pause(Math.min(Math.max(wait, 1), LOOK_AGAIN_MS), stop.signal);
    continue;
  }
  // Spread around the interval, so that the traffic does not tick like a clock.
  lastRun = Date.now() + (rng.next() - 0.5) * (60_000 / pace);
  const ready = agents.filter(({ agent }) => agent.ready);
  if (ready.length > 0) void rng.weighted(ready.map(({ agent, share }) => [share, agent])).run();
}
process.exit(0);
