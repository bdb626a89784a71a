import { z } from 'zod';
import { pageOf } from '@/lib/kernel/page-input';
import { createdKey, toPage } from '@/lib/kernel/page';
import { requireStepUp } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { maskPii } from '@/lib/kernel/mask';
import { conflict, invalid } from '@/lib/kernel/problem';
import { allow, deny, type Verdict } from '@/lib/kernel/verdict';
import { type Operation, permitted, query, verb } from '@/lib/kernel/verb';
import { peopleOf, standOf } from '../people';
import { isPlanted, reveal } from '../planted/reveal';
import { decideApprovals, manageApprovals, readApprovals } from '../policy';
import { loadApproval } from '../repo';
import { verdictOn } from '../view';
import { applyGrants } from './jobs';
import { endGrant, findGrants, grantable, type GrantRow, loadGrant } from './repo';
import { amountOf, mayBeGranted, mayGrant, scopeOf } from './rules';
import { CreateGrant, Grant, GrantRef, ListGrants } from './schema';
import { ownPlace } from './use';

export const listGrants = query({
  name: 'approval_grants.list',
  input: ListGrants,
  output: pageOf(Grant),
  permit: readApprovals,
  run: async ({ ctx, input, tx }) => {
    const rows = await findGrants(tx, input, clock.now());
    const views = await viewAll(tx, rows, ctx.actor);
    const page = toPage(rows, input.limit, createdKey, ({ id }) => id);
    return { items: views.slice(0, page.items.length), next: page.next };
  },
});

/** Null where what it was to be made from had been planted. */
const Made = z.object({ grant: Grant.nullable() });

const makeGrant = verb({
  name: 'approval_grants.create',
  input: CreateGrant,
  output: Made,
  permit: decideApprovals,
  run: async ({ ctx, input, tx, event, after }) => {
    const row = await loadApproval(tx, input.id);
    const people = await peopleOf(tx, [row], ctx.actor);
    permitted(verdictOn(row, people, ctx.actor));
    const held = grantable(row);
    permitted(mayBeGranted(held));
    permitted(mayGrant(people));
    if (!ownPlace(ctx.actor, row, people))
      permitted(deny('You stand in for someone here. Sign each one by itself.'));
    const { actor } = ctx;
    const now = clock.now();
    if (actor.type !== 'member') throw new Error('a grant is made by a member');
    if (held.signing === 'step_up') await requireStepUp(tx, actor);
    const shown = input.display_digest;
    if (!standOf(row) || (shown !== undefined && shown !== row.displayDigest)) {
      throw conflict(
        'changed_since_shown',
        'This action is not what was shown. Reload the card and look again.',
      );
    }
    const scope = scopeOf(held, upTo(amountOf(held), input.up_to));
    if (isPlanted(row)) {
      for (const said of await reveal(tx, ctx, row, { answer: 'granted' })) event(said);
      return { grant: null };
    }
    const grant = await tx.approvalGrant.create({
      data: {
        ...{ id: newId('gnt'), workspaceId: ctx.workspace, madeFrom: row.actionId },
        ...{ agentId: scope.agent, actionType: scope.type, classification: scope.classification },
        ...{ routeId: scope.route, reasons: scope.reasons, signing: scope.signing },
        parameter: scope.amount?.parameter ?? null,
        upTo: scope.amount?.upTo ?? null,
        currency: scope.amount?.currency ?? null,
        ...{ maxUses: input.uses, reason: maskPii(input.reason) },
        ...{ grantedBy: actor.id, authMethod: actor.method },
        ...{ createdAt: now, endsAt: new Date(now.getTime() + input.minutes * 60_000) },
      },
    });
    event({
      type: 'approval_grant.created',
      ...{ agent: grant.agentId, action: row.actionId },
      object: { type: 'approval_grant', id: grant.id },
      data: {
        ...{ action_type: grant.actionType, amount: scope.amount, max_uses: grant.maxUses },
        ...{ ends_at: grant.endsAt.toISOString(), reason: grant.reason },
        ...{ auth_method: grant.authMethod, display_digest: row.displayDigest },
      },
    });
    after(() => applyGrants.enqueue(ctx.workspace, {}));
    return { grant: await viewOne(tx, grant, actor) };
  },
});

/**
 * Signs beforehand for actions like this one; it and what waits already are approved at once.
 * From a planted request none is made: it is revealed, and that is refused.
 */
async function madeGrant(ctx: Context, raw: unknown): Promise<Grant> {
  const { grant } = await makeGrant(ctx, raw);
  if (grant) return grant;
  throw conflict(
    'planted',
    'This request was planted, and was never going to run. No grant was made; its card says what was wrong.',
  );
}

export const createGrant: Operation<typeof CreateGrant, typeof Grant> = Object.assign(madeGrant, {
  kind: 'verb' as const,
  operation: makeGrant.operation,
  input: CreateGrant,
  output: Grant,
});

/** Takes a grant back: from now on nothing is approved by it. */
export const revokeGrant = verb({
  name: 'approval_grants.revoke',
  input: GrantRef,
  output: Grant,
  permit: readApprovals,
  run: async ({ ctx, input, tx, event }) => {
    const grant = await loadGrant(tx, input.id);
    permitted(mayRevoke(ctx.actor, grant));
    const now = clock.now();
    if (stateOf(grant, now) !== 'open' || !(await endGrant(tx, grant.id, ctx.actor.id, now)))
      throw conflict('not_open', 'This grant is not open any more.');
    const ended = await loadGrant(tx, grant.id);
    event({
      type: 'approval_grant.revoked',
      agent: ended.agentId,
      object: { type: 'approval_grant', id: ended.id },
      data: { used: ended.used, max_uses: ended.maxUses, granted_by: ended.grantedBy },
    });
    return viewOne(tx, ended, ctx.actor);
  },
});

/** The largest amount that the grant is for; what the action itself asks for must be within it. */
function upTo(amount: ReturnType<typeof amountOf>, given: number | undefined): number | null {
  const wrong = (message: string) => invalid([{ field: 'up_to', message }]);
  if (!amount) {
    if (given !== undefined) throw wrong('must be left out: the action has no amount');
    return null;
  }
  if (given === undefined) throw wrong(`must say how much ${amount.parameter} at most`);
  if (!(given >= amount.value)) throw wrong("must be at least this action's own amount");
  return given;
}

function mayRevoke(actor: Actor, grant: GrantRow): Verdict {
  if (actor.id === grant.grantedBy || manageApprovals(actor).allowed) return allow;
  return deny('Only who made it or an admin takes a grant back.');
}

function stateOf(grant: GrantRow, now: Date): Grant['state'] {
  if (grant.endedAt) return 'revoked';
  if (grant.used >= grant.maxUses) return 'used_up';
  return grant.endsAt <= now ? 'run_out' : 'open';
}

async function viewOne(tx: Tx, row: GrantRow, actor: Actor): Promise<Grant> {
  const [view] = await viewAll(tx, [row], actor);
  if (!view) throw new Error('a grant has a view');
  return view;
}

async function viewAll(tx: Tx, rows: readonly GrantRow[], actor: Actor): Promise<Grant[]> {
  const [agents, members] = await Promise.all([
    tx.agent.findMany({
      where: { id: { in: rows.map(({ agentId }) => agentId) } },
      select: { id: true, name: true },
    }),
    tx.member.findMany({
      where: { id: { in: rows.flatMap((row) => [row.grantedBy, row.endedBy ?? []].flat()) } },
      select: { id: true, name: true },
    }),
  ]);
  const names = new Map([...agents, ...members].map(({ id, name }) => [id, name]));
  const person = (id: string) => ({ id, name: names.get(id) ?? id });
  const now = clock.now();
  return rows.map((row) => {
    const state = stateOf(row, now);
    return {
      ...{ id: row.id, state, agent: person(row.agentId), action_type: row.actionType },
      amount:
        row.parameter !== null && row.upTo !== null
          ? { parameter: row.parameter, up_to: row.upTo, currency: row.currency }
          : null,
      ...{ used: row.used, max_uses: row.maxUses, reason: row.reason, made_from: row.madeFrom },
      granted_by: person(row.grantedBy),
      created_at: row.createdAt.toISOString(),
      ends_at: row.endsAt.toISOString(),
      revoked_at: row.endedAt?.toISOString() ?? null,
      revoked_by: row.endedBy ? person(row.endedBy) : null,
      can: { revoke: state === 'open' ? mayRevoke(actor, row) : deny('It is not open any more.') },
    };
  });
}
