/**
 * The same permissions and requests in two other engines: casbin in this process, and a Cerbos
 * server over HTTP on this machine. They are installed beside the benchmarks when first asked
 * for (bench/rivals), because the product has no use for them.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '@/lib/infra/embedded/ports';
import { httpCall } from '@/lib/infra/http-client';

/** One question, in words that every engine's adapter understands. */
export interface Asked {
  agent: { id: string; roles: readonly string[]; clearance: number; state: string };
  amount: number;
  classification: number;
}

/** What a permission of the benchmark grants: a role, an action, and amounts from one to another. */
export interface Granted {
  role: string;
  action: string;
  from: number;
  upTo: number;
}

export interface Rival {
  decide: (asked: Asked) => Promise<boolean>;
  /** Processor time that it has used so far, in microseconds. */
  cpu: () => number;
  stop: () => Promise<void>;
}

const FOLDER = path.join(import.meta.dirname, '../rivals');
const ACTION = 'action 0';

function install(): NodeJS.Require {
  if (!existsSync(path.join(FOLDER, 'node_modules/.package-lock.json'))) {
    process.stdout.write('installing casbin and Cerbos for comparison …\n');
    execFileSync('npm', ['ci', '--prefix', FOLDER, '--no-audit', '--no-fund'], { stdio: 'ignore' });
  }
  return createRequire(path.join(FOLDER, 'package.json'));
}

interface Casbin {
  newModelFromString: (text: string) => unknown;
  newEnforcer: (model: unknown) => Promise<{
    addPolicies: (rules: string[][]) => Promise<boolean>;
    addGroupingPolicies: (rules: string[][]) => Promise<boolean>;
    enforce: (...values: unknown[]) => Promise<boolean>;
  }>;
}

const CASBIN_MODEL = `
[request_definition]
r = sub, act, res
[policy_definition]
p = role, act, above, upto
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && g(r.sub.id, p.role) && r.res.amount >= p.above && r.res.amount <= p.upto && r.res.classification <= r.sub.clearance && (r.sub.state == 'active' || r.sub.state == 'probation')
`;

export async function casbin(
  grants: readonly Granted[],
  agents: readonly Asked['agent'][],
): Promise<Rival> {
  const { newEnforcer, newModelFromString }: Casbin = install()('casbin');
  const enforcer = await newEnforcer(newModelFromString(CASBIN_MODEL));
  await enforcer.addPolicies(
    grants.map(({ role, action, from, upTo }) => [role, action, String(from), String(upTo)]),
  );
  await enforcer.addGroupingPolicies(agents.flatMap(({ id, roles }) => roles.map((r) => [id, r])));
  return {
    decide: ({ agent, amount, classification }) =>
      enforcer.enforce(agent, ACTION, { amount, classification }),
    cpu: ownCpu,
    stop: () => Promise.resolve(),
  };
}

/** Processor time of this process so far, in microseconds. */
export const ownCpu = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Decides over HTTP, as those who use Cerbos do; its time is the server's own and this process's. */
export async function cerbos(grants: readonly Granted[]): Promise<Rival> {
  const binary = path.join(
    path.dirname(
      install().resolve(`@cerbos/cerbos-${process.platform}-${process.arch}/package.json`),
    ),
    `cerbos-${process.platform}-${process.arch}`,
  );
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-cerbos-'));
  const port = await freePort();
  writePolicies(path.join(folder, 'policies'), grants);
  writeFileSync(
    path.join(folder, 'config.json'),
    JSON.stringify({
      server: {
        httpListenAddr: `127.0.0.1:${port}`,
        grpcListenAddr: `127.0.0.1:${await freePort()}`,
      },
      storage: { driver: 'disk', disk: { directory: path.join(folder, 'policies') } },
      telemetry: { disabled: true },
    }),
  );
  const child = spawn(
    binary,
    ['server', `--config=${path.join(folder, 'config.json')}`, '--log-level=error'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  await ready(`${url}/_cerbos/health`, ended);
  const pid = child.pid ?? 0;
  return {
    decide: async (asked) => {
      const { status, text } = await httpCall({
        method: 'POST',
        url: `${url}/api/check/resources`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(checkOf(asked)),
        timeoutMs: 10_000,
      });
      if (status !== 200) throw new Error(`Cerbos answered ${status}: ${text}`);
      const parsed: { results: { actions: Record<string, string> }[] } = JSON.parse(text);
      return parsed.results[0]?.actions['run'] === 'EFFECT_ALLOW';
    },
    cpu: () => ownCpu() + cpuOf(pid),
    stop,
  };
}

/** One resource policy for each action, because Cerbos finds policies by their resource's kind. */
function writePolicies(folder: string, grants: readonly Granted[]): void {
  mkdirSync(folder, { recursive: true });
  const byAction = new Map<string, Granted[]>();
  for (const grant of grants) {
    byAction.set(grant.action, [...(byAction.get(grant.action) ?? []), grant]);
  }
  for (const [action, own] of byAction) {
    const rules = own.map(({ role, from, upTo }) => ({
      actions: ['run'],
      effect: 'EFFECT_ALLOW',
      roles: [roleName(role)],
      condition: {
        match: {
          all: {
            of: [
              { expr: `R.attr.amount >= ${from}.0 && R.attr.amount <= ${upTo}.0` },
              { expr: 'R.attr.classification <= P.attr.clearance' },
              { expr: "P.attr.state in ['active', 'probation']" },
            ],
          },
        },
      },
    }));
    writeFileSync(
      path.join(folder, `${kindOf(action)}.json`),
      JSON.stringify({
        apiVersion: 'api.cerbos.dev/v1',
        resourcePolicy: { version: 'default', resource: kindOf(action), rules },
      }),
    );
  }
}

const kindOf = (action: string): string => action.replaceAll(' ', '_');
const roleName = (role: string): string => role.replaceAll(' ', '_');

function checkOf({ agent, amount, classification }: Asked): unknown {
  return {
    principal: {
      id: agent.id,
      roles: agent.roles.map(roleName),
      attr: { clearance: agent.clearance, state: agent.state },
    },
    resources: [
      {
        actions: ['run'],
        resource: { kind: kindOf(ACTION), id: 'one', attr: { amount, classification } },
      },
    ],
  };
}

async function ready(url: string, ended: Promise<void>): Promise<void> {
  let gone = false;
  void ended.then(() => (gone = true));
  for (;;) {
    if (gone) throw new Error('Cerbos ended before it was ready');
    const up = await httpCall({ method: 'GET', url, timeoutMs: 1_000 }).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (up) return;
    await wait(50);
  }
}

/** A process's time by the kernel, in ticks of a hundredth of a second. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
