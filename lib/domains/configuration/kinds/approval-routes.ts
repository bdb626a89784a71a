import { z } from 'zod';
import {
  createRoute,
  CreateRoute,
  listRoutes,
  removeRoute,
  updateRoute,
} from '@/lib/domains/approvals/server';
import { Fits, Need } from '@/lib/domains/gateway';
import type { Tx } from '@/lib/infra/db';
import { invalid } from '@/lib/kernel/problem';
import { printJson } from '../text';
import { groupIds } from './approver-groups';
import { type Kind, readDocument, same, sorted } from './kind';

const file = 'approvals/routes.json';
const NAME = 'approval routes';

const { name, wait_minutes, signing } = CreateRoute.shape;
const { count, escalation } = Need.shape;
const { after_minutes } = escalation.unwrap().element.shape;
/** A group by its name, or null for any approver. */
const group = z.string().min(1).max(80).nullable();
const RouteFile = z.strictObject({
  name,
  fits: Fits.extend({ agents: z.array(z.string().min(1).max(200)).min(1).max(200).optional() }),
  needs: z
    .array(
      z.strictObject({
        group,
        count,
        escalation: z.array(z.strictObject({ after_minutes, group })).max(5).default([]),
      }),
    )
    .min(1, 'must name at least one group')
    .max(10),
  wait_minutes,
  signing,
});
type RouteDocument = z.output<typeof RouteFile>;
type Routes = RouteDocument[];

const byName = (names: readonly string[] | undefined) => names && sorted(names, (one) => one);

/** Lists without an order of their own in order; that of routes and needs is theirs. */
function normal(route: RouteDocument): RouteDocument {
  const { action_types: types, agents, ...fits } = route.fits;
  return RouteFile.parse({
    ...route,
    fits: {
      ...fits,
      ...(types ? { action_types: byName(types) } : {}),
      ...(agents ? { agents: byName(agents) } : {}),
    },
  });
}

/** Who approves what, all in one file: the first route that fits holds, so their order says something. */
export const approvalRoutesKind: Kind<Routes> = {
  noun: 'list of',
  fileOf: () => file,
  owns: (path) => path === file,
  parse: (text) => {
    const read = readDocument(z.array(RouteFile), text);
    if (!('document' in read) || read.document.length > 0) return read;
    return { flaws: [read.flawAt([], 'holds no route: leave the file out')] };
  },
  print: (routes) => printJson(routes.map(normal)),
  nameOf: () => NAME,
  read: async (tx) => {
    const known = await namesOf(tx);
    const rows = await listRoutes(tx);
    return rows.length === 0 ? [] : [rows.map((row) => documentOf(row, known))];
  },
  references: (routes) =>
    routes.flatMap((route, at) =>
      route.needs.flatMap((need, index) => [
        ...reference([at, 'needs', index, 'group'], need.group),
        ...need.escalation.flatMap((step, later) =>
          reference([at, 'needs', index, 'escalation', later, 'group'], step.group),
        ),
      ]),
    ),
  added: (routes) => routes.map((route, at) => `${at + 1}. ${words(normal(route))}`),
  changed: (was, is) => {
    const [before, after] = [was, is].map((routes) => routes.map((route) => words(normal(route))));
    const order = is.map((route, at) => `${at + 1}. ${route.name}`).join(', ');
    return [
      ...(after ?? []).filter((one) => !before?.includes(one)).map((one) => `${one} is set`),
      ...(before ?? []).filter((one) => !after?.includes(one)).map((one) => `${one} goes`),
      `They are tried in this order: ${order}`,
    ];
  },
  removed: async (_, routes) => ({
    words: 'The approval routes go',
    details: [
      ...routes.map((route) => `${words(route)} goes`),
      'What is held goes to any one approver then',
    ],
    final: false,
  }),
  apply: async ({ deed, attempt }, was, wanted) => {
    const routes = wanted.get(NAME);
    if (!routes) return;
    const now = was.get(NAME);
    if (now && approvalRoutesKind.print(now) === approvalRoutesKind.print(routes)) return;
    const known = await namesOf(deed.tx);
    const left = await listRoutes(deed.tx);
    const pairs = routes.map((route) => {
      const index = left.findIndex((row) => row.name === route.name);
      return { route, row: index < 0 ? undefined : left.splice(index, 1)[0] };
    });
    for (const { id } of left) await attempt(file, () => removeRoute.within(deed, { id }));
    const order = (await listRoutes(deed.tx)).map(({ id }) => id);
    for (const [at, { route, row }] of pairs.entries()) {
      const made = await attempt(
        file,
        async () => {
          const body = bodyOf(route, known);
          if (!row) return createRoute.within(deed, { ...body, position: at });
          if (order[at] === row.id && same(normal(documentOf(row, known)), normal(route)))
            return row;
          return updateRoute.within(deed, { ...body, id: row.id, position: at });
        },
        (path) => [at, ...path],
      );
      if (!made) continue;
      const place = order.indexOf(made.id);
      if (place >= 0) order.splice(place, 1);
      order.splice(at, 0, made.id);
    }
  },
  remove: async ({ deed, attempt }, gone) => {
    if (gone.length === 0) return;
    for (const { id } of await listRoutes(deed.tx))
      await attempt(file, () => removeRoute.within(deed, { id }));
  },
};

function reference(path: (string | number)[], named: string | null) {
  return named === null ? [] : [{ path, kind: 'group of approvers', name: named }];
}

function words({ name: called, fits, needs, wait_minutes: wait, signing: how }: RouteDocument) {
  const whose = needs
    .map((need) => `${need.count} of ${need.group ?? 'any approver'}${later(need.escalation)}`)
    .join(' and ');
  const rest = [...(wait === null ? [] : [`waits ${wait} min`]), ...(how === null ? [] : [how])];
  const what = Object.entries(fits)
    .map(([field, value]) => `${field} ${Array.isArray(value) ? value.join(' or ') : value}`)
    .join(', ');
  return [`${called}: for ${what || 'everything'}: ${whose}`, ...rest].join(', ');
}

function later(steps: RouteDocument['needs'][number]['escalation']): string {
  return steps
    .map((step) => `, after ${step.after_minutes} min also ${step.group ?? 'any approver'}`)
    .join('');
}

interface Known {
  /** Ids by name and names by id, of groups and of agents, retired ones too. */
  groups: ReadonlyMap<string, string>;
  agents: ReadonlyMap<string, string>;
  names: ReadonlyMap<string, string>;
}

async function namesOf(tx: Tx): Promise<Known> {
  const groups = await groupIds(tx);
  const rows = await tx.agent.findMany({ select: { id: true, name: true } });
  const agents = new Map(rows.map((row) => [row.name, row.id]));
  return { groups, agents, names: new Map([...groups, ...agents].map(([key, id]) => [id, key])) };
}

type Row = Awaited<ReturnType<typeof listRoutes>>[number];

function documentOf(row: Row, { names }: Known): RouteDocument {
  const nameOf = (id: string) => names.get(id) ?? id;
  const groupOf = (id: string | null) => (id === null ? null : nameOf(id));
  return RouteFile.parse({
    ...{ name: row.name, wait_minutes: row.wait_minutes, signing: row.signing },
    fits: { ...row.fits, ...(row.fits.agents ? { agents: row.fits.agents.map(nameOf) } : {}) },
    needs: row.needs.map((need) => ({
      ...{ ...need, group: groupOf(need.group) },
      escalation: need.escalation.map((step) => ({ ...step, group: groupOf(step.group) })),
    })),
  });
}

/** As the verb takes it; an agent that is not there has no id, and is told of. */
function bodyOf(route: RouteDocument, { groups, agents }: Known) {
  const named = route.fits.agents;
  const strange = named?.flatMap((one, at) =>
    agents.has(one) ? [] : [{ field: `fits.agents.${at}`, message: `there is no agent ${one}` }],
  );
  if (strange && strange.length > 0) throw invalid(strange);
  const groupOf = (called: string | null) => (called === null ? null : groups.get(called));
  return {
    ...route,
    fits: { ...route.fits, ...(named ? { agents: named.map((one) => agents.get(one)) } : {}) },
    needs: route.needs.map((need) => ({
      ...{ ...need, group: groupOf(need.group) },
      escalation: need.escalation.map((step) => ({ ...step, group: groupOf(step.group) })),
    })),
  };
}
