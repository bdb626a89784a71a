/** Workspaces in memory, as they stand and as they would be, and Z3 to ask about them. */
import type { Condition } from '@/lib/domains/access/server';
import type { TierFloors } from '@/lib/domains/workspaces/server';
import { openSolver, type Solver } from '@/lib/infra/z3/solver';
import { Evaluator } from '../confirm';
import { agentsOf } from '../kinds';
import { proveType, type Sides, type TypeProof } from '../prove';
import type { ActionTypeRow, AgentRow, Ladder, Parts, PermissionRow } from '../../snapshot/rows';
import { buildSnapshot } from '../../snapshot/snapshot';

export const ACTION = 'parcels.send';
/** A Thursday. */
export const NOW = Date.parse('2026-11-26T12:00:00Z');

export interface Side {
  permissions?: { role?: string; tier?: 1 | 2 | 3; ladder?: Ladder; condition?: Condition }[];
  /** Roles by agent. */
  agents?: Record<string, string[]>;
  cedar?: Record<string, string>;
  agent?: Partial<AgentRow>;
  type?: Partial<ActionTypeRow>;
  floors?: Omit<TierFloors, 'environments'> & Partial<TierFloors>;
}

export const parameters = {
  type: 'object',
  additionalProperties: false,
  required: ['place'],
  properties: {
    place: { type: 'string', minLength: 1, maxLength: 60 },
    amount: { type: 'number' },
    count: { type: 'integer' },
    urgent: { type: 'boolean' },
    customer: { type: 'string', pattern: '^C-[0-9]{5}$' },
  },
};

export function partsOf({ permissions = [], agents = { one: ['sender'] }, ...side }: Side): Parts {
  const roles = new Set(Object.values(agents).flat());
  return {
    workspace: [
      {
        id: 'ws_test',
        settings: side.floors ? { tierFloors: side.floors } : {},
        data_key: Buffer.alloc(0),
      },
    ],
    agents: Object.keys(agents).map((name) => ({
      id: `agt_${name}`,
      name,
      state: 'active',
      clearance: 'Internal',
      environment: 'production',
      model: 'scripted',
      sponsor_id: null,
      ...side.agent,
    })),
    agentRoles: Object.entries(agents).flatMap(([name, held]) =>
      held.map((role) => ({ agent_id: `agt_${name}`, role_id: `rol_${role}`, role_name: role })),
    ),
    credentials: [],
    revokedTokens: [],
    tools: [
      {
        id: 'tol_1',
        name: 'post',
        base_url: 'http://127.0.0.1:9',
        auth: { type: 'none' },
        secret_id: null,
        timeout_ms: 1_000,
        environment: null,
      },
    ],
    actionTypes: [
      {
        id: 'aty_1',
        key: ACTION,
        tool_id: 'tol_1',
        title: 'Send a parcel',
        parameters,
        rules: [],
        effects: ['write'],
        reversibility: 'reversible',
        classification: 'Internal',
        method: 'POST',
        path_template: '/parcels',
        sentence: 'Send',
        signing: null,
        narrowable: [],
        ...side.type,
      },
    ],
    dataLinks: [],
    permissions: permissions.map((one, index): PermissionRow => ({
      id: `prm_${index}`,
      role_id: `rol_${one.role ?? [...roles][0] ?? 'sender'}`,
      action_type_id: 'aty_1',
      tier: one.ladder ? null : (one.tier ?? 1),
      ladder: one.ladder ?? null,
      condition: one.condition ?? [],
      limits: {},
    })),
    cedarPolicies: Object.entries(side.cedar ?? {}).map(([name, text]) => ({ name, text })),
    cedarSchema: [],
    secrets: [],
    routes: [],
  };
}

let solver: Solver | undefined;

export async function closeSolver(): Promise<void> {
  await solver?.close();
  solver = undefined;
}

export function sidesFor(before: Side, after: Side): Sides {
  const [old, next] = [buildSnapshot(partsOf(before)), buildSnapshot(partsOf(after))];
  return {
    before: old,
    after: next,
    evaluator: new Evaluator(old, next),
    groups: agentsOf(old, next),
    ask: (script) => (solver ??= openSolver()).ask(script, 30_000),
    now: NOW,
    roleOf: (permission) => (permission.startsWith('prm_') ? 'sender' : undefined),
  };
}

export async function proved(before: Side, after: Side): Promise<TypeProof> {
  return proveType(sidesFor(before, after), ACTION);
}
