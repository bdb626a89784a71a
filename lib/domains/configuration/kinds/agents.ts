import { z } from 'zod';
import { grantRole, removeRole } from '@/lib/domains/access/server';
import { createAgent, CreateAgent, retireAgent, updateAgent } from '@/lib/domains/agents/server';
import { emailField } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import { conflict } from '@/lib/kernel/problem';
import type { Path } from '../text';
import { fieldWords, jsonKind, type Removal, same, sorted, type Work } from './kind';
import { idsByName as roleIds } from './roles';

const { name, purpose, environment, model, clearance } = CreateAgent.shape;
/**
 * An agent without its state and its credentials: whether it acts is decided where it runs, and
 * a new one is a draft.
 */
export const AgentFile = z.strictObject({
  name,
  purpose,
  /** E-mail of the member who answers for it, or will once they are a member. */
  sponsor: emailField.nullable().default(null),
  environment,
  model,
  clearance,
  roles: z.array(z.string()).refine((roles) => new Set(roles).size === roles.length, {
    error: 'must name each role once',
  }),
});
type AgentDocument = z.output<typeof AgentFile>;

const byName = (roles: readonly string[]) => sorted(roles, (role) => role);

export const agentKind = jsonKind<AgentDocument>({
  noun: 'agent',
  folder: 'agents',
  schema: AgentFile,
  normal: (agent) => ({ ...agent, roles: byName(agent.roles) }),
  nameOf: (agent) => agent.name,
  read: async (tx) => (await rowsOf(tx)).map(documentOf),
  references: ({ roles }) =>
    roles.map((role, at) => ({ path: ['roles', at], kind: 'role', name: role })),
  added: ({ roles }) => [
    'It is made as a draft; an admin activates it',
    ...roles.map((role) => `is put into ${role}`),
  ],
  changed: (was, is) => [
    ...fieldWords({ ...was, roles: null }, { ...is, roles: null }),
    ...is.roles.filter((role) => !was.roles.includes(role)).map((role) => `is put into ${role}`),
    ...was.roles
      .filter((role) => !is.roles.includes(role))
      .map((role) => `is taken out of ${role}`),
  ],
  removed: endOf,
  due: async (tx, wanted) => {
    const members = await membersByEmail(tx);
    const rows = (await rowsOf(tx)).filter(
      ({ name: called, awaitedSponsor }) =>
        awaitedSponsor !== null &&
        members.has(awaitedSponsor) &&
        wanted.get(called)?.sponsor === awaitedSponsor,
    );
    return new Map(rows.map((row) => [row.name, [`${row.awaitedSponsor} answers for it now`]]));
  },
  apply: async (work, was, wanted) => {
    const { deed, attempt } = work;
    const ids = await roleIds(deed.tx);
    const members = await membersByEmail(deed.tx);
    const retired = await retiredNames(deed.tx);
    const rows = new Map((await rowsOf(deed.tx)).map((row) => [row.name, row]));
    for (const [key, agent] of wanted) {
      const { sponsor, roles: _, ...fields } = agent;
      const sponsorId = sponsor === null ? null : (members.get(sponsor) ?? null);
      const awaitedSponsor = sponsorId === null ? sponsor : null;
      const row = rows.get(key);
      const sponsored = { sponsorId, awaitedSponsor };
      const known = row?.sponsorId === sponsorId && row.awaitedSponsor === awaitedSponsor;
      const equal = row && known && same({ ...documentOf(row), roles: 0 }, { ...agent, roles: 0 });
      const change = () =>
        attempt(
          agentKind.fileOf(key),
          async () => {
            if (retired.has(key)) {
              throw conflict('retired', 'was retired for good; choose another name');
            }
            if (!row) return createAgent.within(deed, { ...fields, ...sponsored });
            return updateAgent.within(deed, { ...fields, ...(known ? {} : sponsored), id: row.id });
          },
          (path) => (path[0] === 'sponsorId' || path[0] === 'awaitedSponsor' ? ['sponsor'] : path),
        );
      const made = equal ? row : await change();
      const now = was.get(key)?.roles ?? [];
      if (made && !same(byName(now), byName(agent.roles))) {
        await applyRoles(work, made.id, agent, now, ids);
      }
    }
  },
  remove: async ({ deed, attempt }, gone) => {
    const ids = new Map((await rowsOf(deed.tx)).map((row) => [row.name, row.id]));
    for (const agent of gone) {
      await attempt(agentKind.fileOf(agent.name), () =>
        retireAgent.within(deed, {
          id: ids.get(agent.name),
          reason: 'It is not in the configuration any more.',
        }),
      );
    }
  },
});

async function applyRoles(
  { deed, attempt }: Work,
  id: string,
  { name: called, roles }: AgentDocument,
  names: readonly string[],
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const file = agentKind.fileOf(called);
  for (const role of names.filter((one) => !roles.includes(one))) {
    await attempt(file, () => removeRole.within(deed, { id, roleId: ids.get(role) }));
  }
  for (const [at, role] of roles.entries()) {
    if (names.includes(role)) continue;
    await attempt(
      file,
      () => grantRole.within(deed, { id, roleId: ids.get(role) }),
      (): Path => ['roles', at],
    );
  }
}

/** An agent that is retired stays so, and what it holds ends with it. */
async function endOf(tx: Tx, { name: called }: AgentDocument): Promise<Removal> {
  const agent = { name: called };
  const credentials = await tx.credential.count({ where: { agent, state: { not: 'revoked' } } });
  const row = await tx.agent.findFirst({ where: agent, select: { id: true, state: true } });
  const held = await tx.action.count({ where: { agentId: row?.id ?? '', status: 'pending' } });
  return {
    words: `The agent ${called} is retired for good`,
    details: [
      `It is ${row?.state ?? 'gone'} now`,
      ...(credentials > 0 ? [`Credentials that are revoked with it: ${credentials}`] : []),
      ...(held > 0 ? [`Held actions of it that wait for a person: ${held}`] : []),
    ],
    final: true,
  };
}

function rowsOf(tx: Tx) {
  return tx.agent.findMany({
    where: { state: { not: 'retired' } },
    include: {
      sponsor: { select: { email: true } },
      roles: { include: { role: { select: { name: true, state: true } } } },
    },
  });
}

function documentOf(row: Awaited<ReturnType<typeof rowsOf>>[number]): AgentDocument {
  return AgentFile.parse({
    name: row.name,
    purpose: row.purpose,
    sponsor: row.sponsor?.email ?? row.awaitedSponsor,
    environment: row.environment,
    model: row.model,
    clearance: row.clearance,
    roles: byName(row.roles.flatMap(({ role }) => (role.state === 'active' ? [role.name] : []))),
  });
}

async function retiredNames(tx: Tx): Promise<Set<string>> {
  const rows = await tx.agent.findMany({ where: { state: 'retired' }, select: { name: true } });
  return new Set(rows.map((row) => row.name));
}

async function membersByEmail(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.member.findMany({ select: { id: true, email: true } });
  return new Map(rows.map(({ id, email }) => [email, id]));
}
