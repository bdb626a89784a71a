/**
 * What one decision over Cedar policies costs: compiled, with 20 and with 1,000 permissions, and
 * asked of Cedar itself, which holds only the 16 policies of the action, parsed beforehand. All
 * take the same requests in turns, and what they answer is compared. It is all computing, so
 * what is measured is the processor's time, which a busy machine does not stretch. Beside them
 * stand casbin, and a Cerbos server, whose time over HTTP is that of both ends.
 */
import {
  compilePolicySet,
  EntityStore,
  EntityUid,
  recordOf,
  uidOf,
} from '@/lib/domains/access/server';
import { cedar, type EntityJson, type PolicyJson } from '@/lib/infra/cedar';
import type { BenchOptions } from '../options';
import { type Asked, casbin, cerbos, type Granted, ownCpu } from './rivals';

const AGENTS = 200;
const ROLES = 40;
const ROLES_EACH = 3;
/** With the two forbids that hold for every action, 16 policies. */
const PERMITS_AN_ACTION = 14;
/** Of the actions that both sizes have, so that all are asked the same. */
const REQUESTS = 1_000;
/** The slow are asked a part of them, or the rounds would be theirs alone. */
const CEDAR_EACH = 10;
const RIVALS_EACH = 100;

const forbids = [
  'forbid (principal, action, resource) when { resource.classification > principal.clearance };',
  `forbid (principal, action, resource)
   unless { principal.state == "active" || principal.state == "probation" };`,
];

function granted(index: number): Granted {
  const from = (index % 5) * 1_000;
  return {
    role: `role ${index % ROLES}`,
    action: `action ${Math.floor(index / PERMITS_AN_ACTION)}`,
    from,
    upTo: from + 2_000,
  };
}

function permission(index: number): string {
  const { role, action, from, upTo } = granted(index);
  return `permit (principal in Role::"${role}", action == Action::"${action}", resource)
  when { context.parameters has amount && context.parameters.amount >= ${from}
    && context.parameters.amount <= ${upTo} };`;
}

const textsOf = (permissions: number) => [
  ...forbids,
  ...Array.from({ length: permissions }, (_, index) => permission(index)),
];

function compiled(permissions: number) {
  const policies = textsOf(permissions).map((text, index): [string, PolicyJson] => {
    const parsed = cedar().policyToJson(text);
    if (parsed.type === 'failure') throw new Error(parsed.errors.map((e) => e.message).join('; '));
    return [`p${index}`, parsed.json];
  });
  const { set, uncovered } = compilePolicySet(Object.fromEntries(policies));
  if (uncovered.length > 0) throw new Error('a policy is not compiled');
  return set;
}

const CLASSIFICATION = 1;
const resource: EntityJson = {
  uid: { type: 'ActionType', id: 'action 0' },
  attrs: { classification: CLASSIFICATION },
  parents: [],
};

function agent(index: number): Asked['agent'] {
  return {
    id: `agent ${index}`,
    roles: Array.from({ length: ROLES_EACH }, (_, nth) => `role ${(index + nth * 7) % ROLES}`),
    clearance: 1 + (index % 3),
    state: index % 20 === 0 ? 'suspended' : 'active',
  };
}

function entityOf({ id, roles, clearance, state }: Asked['agent']): EntityJson {
  return {
    uid: { type: 'Agent', id },
    attrs: { clearance, state },
    parents: roles.map((role) => ({ type: 'Role', id: role })),
  };
}

export async function run({ seconds, rounds }: BenchOptions): Promise<unknown> {
  const asked = Array.from({ length: AGENTS }, (_, index) => agent(index));
  const agents = asked.map(entityOf);
  const requests = Array.from({ length: REQUESTS }, (_, index) => {
    const at = (index * 7) % AGENTS;
    const amount = (index * 37) % 7_000;
    return {
      agent: agents[at] as EntityJson,
      context: { parameters: { amount } },
      asked: { agent: asked[at] as Asked['agent'], amount, classification: CLASSIFICATION },
    };
  });
  const store = new EntityStore([...agents, resource]);
  const action = new EntityUid('Action', 'action 0');
  const uids = new Map(agents.map((each) => [each, uidOf(each.uid)]));
  const about = uidOf(resource.uid);

  /** The context is read from its JSON for every decision, as it is for a request. */
  const byClosures = (permissions: number) => {
    const set = compiled(permissions);
    return ({ agent, context }: (typeof requests)[number]) =>
      set.evaluate(
        {
          principal: uids.get(agent) ?? about,
          action,
          resource: about,
          context: recordOf(context),
        },
        store,
      ).decision === 'allow';
  };
  const slice = textsOf(PERMITS_AN_ACTION).map((text, index) => [`p${index}`, text]);
  cedar().preparsePolicySet('bench', { staticPolicies: Object.fromEntries(slice) });
  const byCedar = ({ agent, context }: (typeof requests)[number]) => {
    const answer = cedar().statefulIsAuthorized({
      principal: agent.uid,
      action: { type: 'Action', id: 'action 0' },
      resource: resource.uid,
      context,
      preparsedPolicySetId: 'bench',
      entities: [agent, resource],
    });
    return answer.type === 'success' && answer.response.decision === 'allow';
  };

  const grants = Array.from({ length: 1_000 }, (_, index) => granted(index));
  const rivals = { casbin: await casbin(grants, asked), cerbos: await cerbos(grants) };
  try {
    const ways = {
      closures20: way(byClosures(20), 1),
      closures1000: way(byClosures(1_000), 1),
      cedar16: way(byCedar, CEDAR_EACH),
      casbin1000: way(({ asked }) => rivals.casbin.decide(asked), RIVALS_EACH, rivals.casbin.cpu),
      cerbos1000: way(({ asked }) => rivals.cerbos.decide(asked), RIVALS_EACH, rivals.cerbos.cpu),
    } satisfies Record<string, Way<(typeof requests)[number]>>;
    let allowed = 0;
    for (const [index, request] of requests.entries()) {
      const decisions = new Set<boolean>();
      for (const { decide, each } of Object.values(ways)) {
        // All ask the same of what each asks; the rivals also of a part of what they are not timed by.
        if (each < RIVALS_EACH || index % 10 === 0) decisions.add(await decide(request));
      }
      if (decisions.size > 1) throw new Error(`the decisions on request ${index} differ`);
      if (decisions.has(true)) allowed += 1;
    }
    const until = performance.now() + seconds * rounds * 1000;
    while (performance.now() < until) {
      for (const { decide, each, cpu, took } of Object.values(ways)) {
        const part = requests.filter((_, index) => index % each === 0);
        const start = cpu();
        if (each < RIVALS_EACH) for (const request of part) decide(request);
        else for (const request of part) await decide(request);
        took.push((cpu() - start) / part.length);
      }
    }
    const microseconds = Object.fromEntries(
      Object.entries(ways).map(([name, { took }]) => [name, round(middle(name, took))]),
    );
    const times = (name: keyof typeof ways) =>
      (microseconds[name] ?? 0) / (microseconds['closures1000'] ?? 0);
    const result = {
      agents: AGENTS,
      allowed: allowed / REQUESTS,
      microseconds,
      /** At most 2. */
      thousandToTwenty: round(1 / times('closures20')),
      /** At least 50. */
      cedarToThousand: round(times('cedar16')),
      casbinToThousand: round(times('casbin1000')),
      cerbosToThousand: round(times('cerbos1000')),
    };
    console.log(result);
    return result;
  } finally {
    await Promise.all(Object.values(rivals).map((rival) => rival.stop()));
  }
}

interface Way<R> {
  decide: (request: R) => boolean | Promise<boolean>;
  /** Of how many requests one is asked in a round. */
  each: number;
  cpu: () => number;
  took: number[];
}

function way<R>(decide: Way<R>['decide'], each: number, cpu: () => number = ownCpu): Way<R> {
  return { decide, each, cpu, took: [] };
}

/** The server's clock has ticks of a hundredth of a second, so its rounds are taken together. */
function middle(name: string, took: readonly number[]): number {
  return name.startsWith('cerbos') ? took.reduce((a, b) => a + b, 0) / took.length : median(took);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const round = (value: number) => Number(value.toFixed(3));
