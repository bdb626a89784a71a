/**
 * What one decision over Cedar policies costs: compiled, with 20 and with 1,000 permissions, and
 * asked of Cedar itself, which holds only the 16 policies of the action, parsed beforehand. All
 * take the same requests in turns, and what they answer is compared. It is all computing, so
 * what is measured is the processor's time, which a busy machine does not stretch.
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

const AGENTS = 200;
const ROLES = 40;
const ROLES_EACH = 3;
/** With the two forbids that hold for every action, 16 policies. */
const PERMITS_AN_ACTION = 14;
/** Of the actions that both sizes have, so that all are asked the same. */
const REQUESTS = 1_000;
/** Cedar is asked a part of them, or the rounds would be its alone. */
const CEDAR_EACH = 10;

const forbids = [
  'forbid (principal, action, resource) when { resource.classification > principal.clearance };',
  `forbid (principal, action, resource)
   unless { principal.state == "active" || principal.state == "probation" };`,
];

function permission(index: number): string {
  const action = Math.floor(index / PERMITS_AN_ACTION);
  const above = (index % 5) * 1_000;
  return `permit (principal in Role::"role ${index % ROLES}", action == Action::"action ${action}", resource)
  when { context.parameters has amount && context.parameters.amount >= ${above}
    && context.parameters.amount <= ${above + 2_000} };`;
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

const resource: EntityJson = {
  uid: { type: 'ActionType', id: 'action 0' },
  attrs: { classification: 1 },
  parents: [],
};

function agent(index: number): EntityJson {
  const roles = Array.from({ length: ROLES_EACH }, (_, nth) => (index + nth * 7) % ROLES);
  return {
    uid: { type: 'Agent', id: `agent ${index}` },
    attrs: { clearance: 1 + (index % 3), state: index % 20 === 0 ? 'suspended' : 'active' },
    parents: roles.map((role) => ({ type: 'Role', id: `role ${role}` })),
  };
}

export async function run({ seconds, rounds }: BenchOptions): Promise<unknown> {
  const agents = Array.from({ length: AGENTS }, (_, index) => agent(index));
  const requests = Array.from({ length: REQUESTS }, (_, index) => ({
    agent: agents[(index * 7) % AGENTS] as EntityJson,
    context: { parameters: { amount: (index * 37) % 7_000 } },
  }));
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
      ).decision;
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
    return answer.type === 'success' ? answer.response.decision : undefined;
  };

  const ways = {
    closures20: { decide: byClosures(20), each: 1, took: [] as number[] },
    closures1000: { decide: byClosures(1_000), each: 1, took: [] as number[] },
    cedar: { decide: byCedar, each: CEDAR_EACH, took: [] as number[] },
  };
  let allowed = 0;
  for (const request of requests) {
    const decisions = Object.values(ways).map(({ decide }) => decide(request));
    if (new Set(decisions).size > 1) throw new Error('the decisions differ');
    if (decisions[0] === 'allow') allowed += 1;
  }
  const until = performance.now() + seconds * rounds * 1000;
  while (performance.now() < until) {
    for (const way of Object.values(ways)) {
      const asked = requests.filter((_, index) => index % way.each === 0);
      const start = process.cpuUsage();
      for (const request of asked) way.decide(request);
      const { user, system } = process.cpuUsage(start);
      way.took.push((user + system) / asked.length);
    }
  }
  const [few, many, bare] = Object.values(ways).map(({ took }) => median(took)) as [
    number,
    number,
    number,
  ];
  const result = {
    agents: AGENTS,
    allowed: allowed / REQUESTS,
    microseconds: { closures20: round(few), closures1000: round(many), cedar16: round(bare) },
    /** At most 2. */
    thousandToTwenty: round(many / few),
    /** At least 50. */
    cedarToThousand: round(bare / many),
  };
  console.log(result);
  return result;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const round = (value: number) => Number(value.toFixed(3));
