import { groupsFor, type Need } from '@/lib/domains/gateway';
import { type Actor, withAnyRole } from '@/lib/kernel/actor';
import { allow, deny, type Verdict } from '@/lib/kernel/verdict';

/** A person as the rule knows them: themselves, or whose place they take. */
export interface Person {
  id: string;
  email: string;
  /** Groups of approvers they are in. */
  groups: ReadonlySet<string>;
}

/** What the rule needs to know of a held action. */
export interface HeldAction {
  status: string;
  requestedAt: Date;
  expiresAt: Date;
  /** Whose signatures it takes. */
  needs: readonly Need[];
  /** Names of the groups in the needs, and how many approvers are in them. */
  groups: ReadonlyMap<string, { name: string; approvers: number; free: readonly string[] }>;
  /** Members who answer for the agent, now or since it was held, or did until lately. */
  sponsors: ReadonlySet<string>;
  /** Who started the session, as the agent's side named them in `id`, `sub`, `email`, `name` or `user`. */
  initiator: Record<string, unknown>;
  /** Members who last changed what allows it, now or when it was held: permissions, policies by hand. */
  editors: ReadonlySet<string>;
  /** Members whose signature on it counts already. */
  signed: ReadonlySet<string>;
  /** How many signatures its needs still lack. */
  missing: number;
  /** How many it lacks beyond them, of approvers whose own takes none beside it. */
  beside: number;
  /** Members whose signature takes one more beside it, since they approved what was planted. */
  raises: ReadonlyMap<string, unknown>;
  /** Approvers of the workspace whose signature does not. */
  free: readonly string[];
  /** Whether the workspace asks approvers for a second factor. */
  secondFactor: boolean;
}

/** Where a person's signature would count. */
export interface Place {
  inPlaceOf: string;
  places: number[];
}

/** Ways of signing in that prove more than a password or a bearer token. */
const strong = new Set(['password+totp', 'password+passkey', 'oidc']);

export function readApprovals(actor: Actor): Verdict {
  return withAnyRole(actor, 'Only members see approvals.');
}

export function decideApprovals(actor: Actor): Verdict {
  if (actor.type === 'member' && actor.roles.includes('approver')) return allow;
  return deny('Only an approver decides held actions.');
}

/** Groups, routes and other people's delegations. */
export function manageApprovals(actor: Actor): Verdict {
  if (actor.type === 'member' && actor.roles.includes('admin')) return allow;
  return deny('Only an admin says who approves what.');
}

/** How others decide is for those who answer for it. */
export function seesEveryApprover(actor: Actor): Verdict {
  const may = actor.type === 'member' && ['admin', 'auditor'].some((r) => actor.roles.includes(r));
  return may ? allow : deny('Only an admin or an auditor sees how others decide.');
}

/** One's own place is one's own to give away; an admin may, for who is away already. */
export function mayDelegate(actor: Actor, from: string): Verdict {
  if (actor.type === 'member' && actor.id === from) return decideApprovals(actor);
  return manageApprovals(actor).allowed
    ? allow
    : deny('Only they themselves or an admin give their place to another.');
}

/**
 * The approval rule: an approver, while it waits, signed in as the workspace asks, who has not
 * signed yet, whom nothing excludes, and who is in a group that it waits for or takes the place
 * of someone who is. `me` is the actor; `others` have delegated to them.
 */
export function mayDecide(
  actor: Actor,
  me: Person,
  others: readonly Person[],
  held: HeldAction,
  now: Date,
): Verdict {
  const approver = decideApprovals(actor);
  if (!approver.allowed) return approver;
  const open = isOpen(actor, held, now);
  if (!open.allowed) return open;
  if (held.signed.has(me.id)) {
    const more = `You have signed it. It waits for ${held.missing + held.beside} more.`;
    return deny(held.beside > 0 ? `${more} ${besideWords(me, held, now)}` : more);
  }
  const excluded = whyExcluded(me, held);
  if (excluded) return deny(excluded);
  if (placeOf(me, others, held, now) === undefined) return deny(whoseItIs(held, now));
  if (held.missing === 0 && held.beside > 0 && held.raises.has(me.id))
    return deny(`It has the signatures of its needs. ${besideWords(me, held, now)}`);
  return allow;
}

/** Who else could sign beside this person: approvers whose own signature takes none beside it. */
export function othersFree(me: Pick<Person, 'id'>, held: HeldAction, now: Date): string[] {
  const waited = now.getTime() - held.requestedAt.getTime();
  const groups = new Set(held.needs.flatMap((need) => groupsFor(need, waited)));
  const free = [...groups].flatMap((id) =>
    id === null ? held.free : (held.groups.get(id)?.free ?? []),
  );
  const away = [me.id, ...held.sponsors, ...held.signed, ...held.editors];
  return [...new Set(free)].filter((id) => !away.includes(id));
}

function besideWords(me: Person, held: HeldAction, now: Date): string {
  const one = 'One must be of an approver who has not approved a planted request of late';
  return othersFree(me, held, now).length > 0
    ? `${one}.`
    : `${one}, and nobody else here is. Ask an admin to name one.`;
}

/**
 * Who may break the glass: an approver or an admin whom nothing excludes, alone and whatever
 * the routes say. It is marked, announced to every admin, and reviewed afterwards.
 */
export function mayBreakGlass(actor: Actor, me: Person, held: HeldAction, now: Date): Verdict {
  const may = breakGlass(actor);
  if (!may.allowed) return may;
  const open = isOpen(actor, held, now);
  if (!open.allowed) return open;
  const excluded = whyExcluded(me, held);
  return excluded ? deny(excluded) : allow;
}

export function breakGlass(actor: Actor): Verdict {
  const may = actor.type === 'member' && ['approver', 'admin'].some((r) => actor.roles.includes(r));
  return may ? allow : deny('Only an approver or an admin breaks the glass.');
}

function isOpen(actor: Actor, held: HeldAction, now: Date): Verdict {
  if (held.status !== 'pending') return deny(`It is ${held.status} already.`);
  if (held.expiresAt <= now) return deny('Its time to decide has ended.');
  if (held.secondFactor && !(actor.type === 'member' && strong.has(actor.method))) {
    return deny('This workspace asks approvers for a second factor. Sign in with one.');
  }
  return allow;
}

/** Separation of duties; undefined when nothing keeps this person away. */
function whyExcluded(person: Person, held: HeldAction): string | undefined {
  if (held.sponsors.has(person.id))
    return 'You answer for this agent, or did until lately. Someone else must decide.';
  if (startedBy(person, held.initiator))
    return 'You started this session. Someone else must decide.';
  if (held.editors.has(person.id)) {
    return 'You last changed the permission that allows this. Someone else must decide.';
  }
  return undefined;
}

/**
 * Where the person's signature would count: for themselves, or else in the place of the first
 * who has delegated to them, has not signed, and is not excluded either.
 */
export function placeOf(
  me: Person,
  others: readonly Person[],
  held: HeldAction,
  now: Date,
): Place | undefined {
  const waited = now.getTime() - held.requestedAt.getTime();
  for (const person of [me, ...others]) {
    if (held.signed.has(person.id) || whyExcluded(person, held)) continue;
    const places = held.needs.flatMap((need, at) =>
      groupsFor(need, waited).some((group) => group === null || person.groups.has(group))
        ? [at]
        : [],
    );
    if (places.length > 0) return { inPlaceOf: person.id, places };
  }
  return undefined;
}

function whoseItIs(held: HeldAction, now: Date): string {
  const waited = now.getTime() - held.requestedAt.getTime();
  const ids = new Set(held.needs.flatMap((need) => groupsFor(need, waited)));
  const groups = [...ids].map((id) => held.groups.get(id ?? ''));
  const names = groups.map((group) => group?.name ?? 'a group that is gone').join(' and ');
  if (groups.every((group) => !group?.approvers)) {
    return `It goes to ${names}, where there is no approver. Ask an admin to name one.`;
  }
  return `It goes to ${names}. You are in neither, and stand in for nobody there.`;
}

/** Where an initiator says who it is. Read nowhere else: an agent could keep everyone away who would refuse. */
const naming = ['id', 'sub', 'email', 'name', 'user'] as const;
/** No id or address is longer. */
const LONGEST = 400;

/** Whom it names there. */
export function namedIn(initiator: HeldAction['initiator']): string[] {
  return naming.flatMap((member) => {
    const named = initiator[member];
    if (typeof named !== 'string' || named.length > LONGEST) return [];
    return named.trim() === '' ? [] : [named.trim()];
  });
}

function startedBy({ id, email }: Person, initiator: HeldAction['initiator']): boolean {
  return namedIn(initiator).some((named) =>
    [id, email.toLowerCase()].includes(named.toLowerCase()),
  );
}
