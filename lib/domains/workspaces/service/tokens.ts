import { randomSecret, sha256Hex } from '@/lib/infra/crypto';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { createdKey, toPage } from '@/lib/kernel/page';
import { conflict } from '@/lib/kernel/problem';
import { permitted, query, verb } from '@/lib/kernel/verb';
import type { Actor } from '@/lib/kernel/actor';
import { allow, type Verdict } from '@/lib/kernel/verdict';
import { isInBrowser, isMember, mayRevokeToken } from '../policy';
import { endToken, findTokens, loadToken } from '../repo';
import {
  createdToken,
  createTokenInput,
  listInput,
  tokenInput,
  tokenPage,
  tokenView,
} from '../schema';
import { tokenState, viewToken } from './views';

const DAY_MS = 24 * 3_600_000;

export const listTokens = query({
  name: 'tokens.list',
  input: listInput,
  output: tokenPage,
  permit: isMember,
  run: async ({ ctx, input, tx }) =>
    toPage(await findTokens(tx, ctx.actor.id, input), input.limit, createdKey, (row) =>
      viewToken(row, ctx.actor),
    ),
});

/** The demo's seed prints tokens for its members, acting as them without a session. */
function mayCreate(actor: Actor): Verdict {
  const seeded = actor.type === 'member' && actor.method === 'demo.seed';
  return seeded ? allow : isInBrowser(actor);
}

/** Makes a personal access token; the answer is the only place that ever shows it. */
export const createToken = verb({
  name: 'tokens.create',
  input: createTokenInput,
  output: createdToken,
  permit: mayCreate,
  run: async ({ ctx, input, tx, event }) => {
    const token = `cst_pat_${randomSecret()}`;
    const row = await tx.accessToken.create({
      data: {
        id: newId('pat'),
        workspaceId: ctx.workspace,
        memberId: ctx.actor.id,
        name: input.name,
        tokenHash: sha256Hex(token),
        scopes: [...new Set(input.scopes)],
        expiresAt: new Date(clock.now().getTime() + input.days * DAY_MS),
      },
    });
    event({
      type: 'access_token.created',
      object: { type: 'access_token', id: row.id },
      data: {
        after: { name: row.name, scopes: row.scopes, expires_at: row.expiresAt.toISOString() },
      },
    });
    return { ...viewToken(row, ctx.actor), token };
  },
});

export const revokeToken = verb({
  name: 'tokens.revoke',
  input: tokenInput,
  output: tokenView,
  permit: isMember,
  run: async ({ ctx, input, tx, event }) => {
    const old = await loadToken(tx, input.id);
    const state = tokenState(old);
    permitted(mayRevokeToken(ctx.actor, { memberId: old.memberId, state }));
    if (!(await endToken(tx, old.id))) {
      throw conflict('already_ended', 'This token has ended already.');
    }
    event({
      type: 'access_token.revoked',
      object: { type: 'access_token', id: old.id },
      data: { before: { state }, after: { state: 'revoked' }, member: old.memberId },
    });
    return viewToken(await loadToken(tx, old.id), ctx.actor);
  },
});
