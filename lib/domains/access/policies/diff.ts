/** What changes between two documents, in words, and whether it lets anyone do more. Pure. */
import { z } from 'zod';
import { formatExact } from '@/components/format';
import { rank } from '@/lib/domains/classification';
import { openPermits, textWidens, writtenStatements } from '../cedar-policies/statements';
import { conditionWords } from '../condition';
import { limitWords } from '../limit-words';
import type { Limits } from '../schema';
import { actionTypeWidens, differing, strength } from './action-types';
import { names, own, same } from './compare';
import type { PermissionDocument, PolicyDocument } from './document';
import { floorChanges } from './floors';

export const Change = z.strictObject({
  /** What it is about, such as roles/refunds/refunds.create. */
  path: z.string(),
  kind: z.enum(['added', 'removed', 'changed']),
  /** A sentence without its full stop. */
  words: z.string(),
  /** Whether something may become possible that was not, or run with less supervision. */
  widens: z.boolean(),
  before: z.unknown(),
  after: z.unknown(),
});
export type Change = z.output<typeof Change>;

/** In the order of the document. What cannot be shown not to widen counts as widening. */
export function diff(before: PolicyDocument, after: PolicyDocument): Change[] {
  const byHand = Object.values(after.cedar.policies);
  const open = openPermits(byHand);
  return [
    ...floorChanges(before.floors, after.floors),
    ...(before.secondAdmin === after.secondAdmin
      ? []
      : [
          change(
            'second admin',
            'changed',
            after.secondAdmin
              ? 'What widens needs a second admin'
              : 'What widens no longer needs a second admin',
            !after.secondAdmin,
            before.secondAdmin,
            after.secondAdmin,
          ),
        ]),
    ...signingChanges(before, after),
    ...entries(before.actionTypes, after.actionTypes).flatMap(([key, was, is]) => {
      // It takes a role to grant it, unless a permit by hand names no action types.
      if (!was) {
        const words = `${key} can be granted${open.actions ? ', and a Cedar policy may permit it' : ''}`;
        return [change(`action types/${key}`, 'added', words, open.actions, was, is)];
      }
      if (!is)
        return [change(`action types/${key}`, 'removed', `${key} is retired`, false, was, is)];
      const fields = differing(was, is);
      if (fields.length === 0) return [];
      const words = fieldWords(key, was, is, fields);
      return [change(`action types/${key}`, 'changed', words, actionTypeWidens(was, is), was, is)];
    }),
    ...entries(before.roles, after.roles).flatMap(([role, was, is]) => [
      ...(was
        ? []
        : [
            change(
              `roles/${role}`,
              'added',
              `The role ${role} is made`,
              false,
              null,
              is?.description,
            ),
          ]),
      ...(is
        ? []
        : [
            change(
              `roles/${role}`,
              'removed',
              `The role ${role} is retired`,
              false,
              was?.description,
              null,
            ),
          ]),
      ...(was && is && was.description !== is.description
        ? [
            change(
              `roles/${role}`,
              'changed',
              `${role} is described anew`,
              false,
              was.description,
              is.description,
            ),
          ]
        : []),
      ...permissionChanges(role, was?.permissions ?? [], is?.permissions ?? []),
    ]),
    ...entries(before.agents, after.agents).flatMap(([agent, was, is]) =>
      agentChanges(agent, was, is, { open: open.agents, readModels: byHand.length > 0 }),
    ),
    ...cedarChanges(before.cedar, after.cedar),
  ];
}

/** Permissions of a role, paired with what became of them: by their condition, else by their action type. */
export function paired(
  before: readonly PermissionDocument[],
  after: readonly PermissionDocument[],
): [PermissionDocument | undefined, PermissionDocument | undefined][] {
  const left = [...before];
  const right = [...after];
  const pairs: [PermissionDocument | undefined, PermissionDocument | undefined][] = [];
  const take = (same: (a: PermissionDocument, b: PermissionDocument) => boolean) => {
    for (const was of [...left]) {
      const is = right.find((one) => same(was, one));
      if (!is) continue;
      pairs.push([was, is]);
      left.splice(left.indexOf(was), 1);
      right.splice(right.indexOf(is), 1);
    }
  };
  take((a, b) => a.action === b.action && same(a.condition, b.condition));
  take((a, b) => a.action === b.action);
  return [
    ...pairs,
    ...left.map((was): [PermissionDocument, undefined] => [was, undefined]),
    ...right.map((is): [undefined, PermissionDocument] => [undefined, is]),
  ];
}

/** What a permission grants, in words. */
export function permissionWords({ tier, ladder, condition, limits }: PermissionDocument): string {
  const rule = ladder
    ? `${ladder.parameter} autonomous to ${formatExact(ladder.autonomous)}, supervised to ${formatExact(ladder.supervised)}, gated to ${formatExact(ladder.gated)}`
    : `tier ${tier}`;
  const only = condition.length === 0 ? '' : `, only if ${conditionWords(condition)}`;
  const words = limitWords(limits);
  return `${rule}${only}${words.length === 0 ? '' : `, at most ${words.join(', ')}`}`;
}

/** What a permit by hand grants, in words. */
export function permitWords({
  tier,
  limits,
}: Pick<PermissionDocument, 'limits'> & { tier: number }) {
  const words = limitWords(limits);
  return `tier ${tier}${words.length === 0 ? '' : `, at most ${words.join(', ')}`}`;
}

function permissionChanges(
  role: string,
  before: readonly PermissionDocument[],
  after: readonly PermissionDocument[],
): Change[] {
  return paired(before, after)
    .filter(([was, is]) => !same(was, is))
    .map(([was, is]) => {
      const action = (is ?? was)?.action ?? '';
      const path = `roles/${role}/${action}`;
      if (!was || !is) {
        return is
          ? change(
              path,
              'added',
              `${role} grants ${action}: ${permissionWords(is)}`,
              true,
              null,
              is,
            )
          : change(path, 'removed', `${role} no longer grants ${action}`, false, was, null);
      }
      const words = `${role} grants ${action}: ${permissionWords(is)} (was ${permissionWords(was)})`;
      return change(path, 'changed', words, permissionWidens(was, is), was, is);
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
}

/** Whether a permission may grant anything that the one before did not, or at a lower tier. */
export function permissionWidens(was: PermissionDocument, is: PermissionDocument): boolean {
  const dropped = was.condition.some((old) => !is.condition.some((one) => same(old, one)));
  return dropped || tierWidens(was, is) || limitsWiden(was.limits, is.limits);
}

function tierWidens(was: PermissionDocument, is: PermissionDocument): boolean {
  // A ladder's lowest rung is tier 1, and an amount of nothing always stands on it.
  if (was.tier !== null) return (is.tier ?? 1) < was.tier;
  if (!was.ladder) return true;
  // A fixed tier has no upper end.
  if (!is.ladder) return true;
  const rungs = ['autonomous', 'supervised', 'gated'] as const;
  return (
    is.ladder.parameter !== was.ladder.parameter ||
    rungs.some((rung) => (is.ladder?.[rung] ?? 0) > (was.ladder?.[rung] ?? 0))
  );
}

function limitsWiden(was: Limits, is: Limits): boolean {
  const more = (old: number | undefined, now: number | undefined) =>
    old !== undefined && (now === undefined || now > old);
  return (
    more(was.perMinute, is.perMinute) ||
    more(was.perHour, is.perHour) ||
    more(was.perDay, is.perDay) ||
    more(was.amountPerDay?.max, is.amountPerDay?.max) ||
    (was.amountPerDay !== undefined && is.amountPerDay?.parameter !== was.amountPerDay.parameter)
  );
}

type AgentDocument = PolicyDocument['agents'][string];

/** What policies by hand make of an agent: whether a permit names none, and whether any may read its model. */
interface ByHand {
  open: boolean;
  readModels: boolean;
}

function agentChanges(
  agent: string,
  was: AgentDocument | undefined,
  is: AgentDocument | undefined,
  byHand: ByHand,
): Change[] {
  const path = `agents/${agent}`;
  const held = new Set(was?.roles);
  const holds = new Set(is?.roles);
  const roles = [
    ...[...holds]
      .filter((role) => !held.has(role))
      .map((role) =>
        change(`${path}/${role}`, 'added', `${agent} is put into ${role}`, true, null, role),
      ),
    ...[...held]
      .filter((role) => !holds.has(role))
      .map((role) =>
        change(`${path}/${role}`, 'removed', `${agent} is taken out of ${role}`, false, role, null),
      ),
  ];
  if (!was || !is) {
    const permitted = is !== undefined && byHand.open;
    const words = is
      ? `The agent ${agent} is registered${permitted ? ', and a Cedar policy may permit what it does' : ''}`
      : `The agent ${agent} is retired`;
    return [
      change(path, is ? 'added' : 'removed', words, permitted, was ?? null, is ?? null),
      ...roles,
    ];
  }
  const { roles: _, ...before } = was;
  const { roles: __, ...after } = is;
  const fields = differing(before, after);
  if (fields.length === 0) return roles;
  const widens =
    rank(is.clearance) > rank(was.clearance) ||
    is.environment !== was.environment ||
    (byHand.readModels && fields.includes('model'));
  return [
    change(path, 'changed', fieldWords(agent, before, after, fields), widens, before, after),
    ...roles,
  ];
}

function signingChanges(before: PolicyDocument, after: PolicyDocument): Change[] {
  const fields = differing(
    { signing: before.signing, secondFactor: before.secondFactor },
    { signing: after.signing, secondFactor: after.secondFactor },
  );
  return fields.map((field) => {
    const [was, is] = [before[field], after[field]];
    const words = `${field === 'signing' ? 'Approvers sign at least by' : 'Approvers need a second factor:'} ${shown(is)} (was ${shown(was)})`;
    const weaker =
      field === 'signing' ? strength(after.signing) < strength(before.signing) : is !== true;
    return change(`approvers/${field}`, 'changed', words, weaker, was, is);
  });
}

function fieldWords<T extends object>(
  of: string,
  was: T,
  is: T,
  fields: readonly (keyof T)[],
): string {
  const parts = fields.map(
    (field) => `${String(field)} ${shown(is[field])} (was ${shown(was[field])})`,
  );
  return `${of}: ${parts.join(', ')}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : value === null ? 'any' : JSON.stringify(value);
}

type CedarDocument = PolicyDocument['cedar'];

/** A permit that was not there may allow more, and so may a forbid that is gone, or other types. */
function cedarChanges(before: CedarDocument, after: CedarDocument): Change[] {
  const relied = Object.keys(before.policies).length > 0;
  return [
    ...entries(before.policies, after.policies).map(([name, was, is]) => {
      const path = `cedar/${name}`;
      const widens = textWidens(was ?? '', is ?? '');
      if (was === undefined) {
        const words = `The Cedar policy ${name} is added: ${countWords(is)}`;
        return change(path, 'added', words, widens, null, is);
      }
      if (is === undefined) {
        const words = `The Cedar policy ${name} is removed: ${countWords(was)}`;
        return change(path, 'removed', words, widens, was, null);
      }
      const words = `The Cedar policy ${name} is rewritten: ${countWords(is)} (was ${countWords(was)})`;
      return change(path, 'changed', words, widens, was, is);
    }),
    ...(before.schema === after.schema
      ? []
      : [
          change(
            'cedar schema',
            'changed',
            'The Cedar schema declares other types or actions',
            relied,
            before.schema,
            after.schema,
          ),
        ]),
  ];
}

function countWords(text = ''): string {
  const statements = writtenStatements(text);
  const forbids = statements.filter(({ effect }) => effect === 'forbid').length;
  return `${statements.length - forbids} permit, ${forbids} forbid`;
}

function change(
  path: string,
  kind: Change['kind'],
  words: string,
  widens: boolean,
  before: unknown,
  after: unknown,
): Change {
  return { path, kind, words, widens, before: before ?? null, after: after ?? null };
}

/** Entries that are in either and differ, by name. */
function entries<T>(
  before: Record<string, T>,
  after: Record<string, T>,
): [string, T | undefined, T | undefined][] {
  return names(before, after)
    .map((name): [string, T | undefined, T | undefined] => [
      name,
      own(before, name),
      own(after, name),
    ])
    .filter(([, was, is]) => !same(was, is));
}
