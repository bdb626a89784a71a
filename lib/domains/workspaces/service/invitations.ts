import { randomSecret, sha256Hex } from '@/lib/infra/crypto';
import { db, type Tx } from '@/lib/infra/db';
import { env } from '@/lib/infra/env';
import { hashPassword } from '@/lib/infra/password';
import { clock } from '@/lib/kernel/clock';
import { jobContext } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { createdKey, toPage } from '@/lib/kernel/page';
import { parse, permitted, query, verb } from '@/lib/kernel/verb';
import { emailTaken, linkEnded, unconfirmed } from '../errors';
import {
  isSignInJob,
  mayAdminister,
  mayConfirmInvitation,
  mayRevokeInvitation,
  SIGN_IN_JOB,
} from '../policy';
import {
  closeInvitation,
  confirmOpen,
  findInvitations,
  invitationByTokenHash,
  type InvitationRow,
  loadInvitation,
  loadWorkspace,
  memberByEmail,
  revokeOpenInvitations,
} from '../repo';
import {
  acceptInvitationInput,
  createdInvitation,
  createInvitationInput,
  invitationInput,
  invitationOffer,
  type InvitationOffer,
  invitationPage,
  invitationTokenInput,
  invitationView,
  listInput,
  memberView,
  type MemberView,
} from '../schema';
import { insertMember } from './insert-member';
import { invitationState, rolesOf, viewInvitation, viewMember } from './views';
import { readSettings } from './workspace';

const VALID_MS = 7 * 24 * 3_600_000;

export const listInvitations = query({
  name: 'invitations.list',
  input: listInput,
  output: invitationPage,
  permit: mayAdminister,
  run: async ({ ctx, input, tx }) => {
    const settings = await readSettings(tx);
    return toPage(await findInvitations(tx, input), input.limit, createdKey, (row) =>
      viewInvitation(row, settings, ctx.actor),
    );
  },
});

/** Invites an address for 7 days. An earlier open invitation of the address ends. */
export const createInvitation = verb({
  name: 'invitations.create',
  input: createInvitationInput,
  output: createdInvitation,
  permit: mayAdminister,
  run: async ({ ctx, input, tx, event }) => {
    if (await memberByEmail(tx, input.email)) throw emailTaken();
    const replaced = await revokeOpenInvitations(tx, input.email);
    const token = randomSecret();
    const row = await tx.invitation.create({
      data: {
        id: newId('inv'),
        workspaceId: ctx.workspace,
        name: input.name,
        email: input.email,
        roles: input.roles,
        tokenHash: sha256Hex(token),
        invitedBy: ctx.actor.id,
        expiresAt: new Date(clock.now().getTime() + VALID_MS),
      },
    });
    event({
      type: 'invitation.created',
      object: { type: 'invitation', id: row.id },
      data: {
        after: { name: row.name, email: row.email, roles: row.roles },
        expires_at: row.expiresAt.toISOString(),
        replaced,
      },
    });
    // In the fragment, which no server or proxy on the way gets to log.
    const link = `${env().CONSOLE_URL}/invite#token=${token}`;
    return { ...viewInvitation(row, await readSettings(tx), ctx.actor), link };
  },
});

export const revokeInvitation = verb({
  name: 'invitations.revoke',
  input: invitationInput,
  output: invitationView,
  permit: mayAdminister,
  run: async ({ ctx, input, tx, event }) => {
    const old = await loadInvitation(tx, input.id);
    const settings = await readSettings(tx);
    const state = invitationState(old, settings);
    permitted(mayRevokeInvitation(ctx.actor, { state }));
    if (!(await closeInvitation(tx, old.id, 'revokedAt'))) throw linkEnded('invitation');
    event({
      type: 'invitation.revoked',
      object: { type: 'invitation', id: old.id },
      data: { before: { state }, after: { state: 'revoked' }, email: old.email },
    });
    return viewInvitation(await loadInvitation(tx, old.id), settings, ctx.actor);
  },
});

/** The second admin's part in an invitation that takes one: its link works from now on. */
export const confirmInvitation = verb({
  name: 'invitations.confirm',
  input: invitationInput,
  output: invitationView,
  permit: mayAdminister,
  run: async ({ ctx, input, tx, event }) => {
    const old = await loadInvitation(tx, input.id);
    const settings = await readSettings(tx);
    const state = invitationState(old, settings);
    permitted(mayConfirmInvitation(ctx.actor, { ...old, state }));
    if (!(await confirmOpen(tx, old.id, ctx.actor.id))) throw linkEnded('invitation');
    event({
      type: 'invitation.confirmed',
      object: { type: 'invitation', id: old.id },
      data: { email: old.email, roles: old.roles, invited_by: old.invitedBy },
    });
    return viewInvitation(await loadInvitation(tx, old.id), settings, ctx.actor);
  },
});

/** Throws 410 for a link that has ended, 409 for one that waits for a second admin. */
async function assertOpen(tx: Tx, row: InvitationRow): Promise<void> {
  const state = invitationState(row, await readSettings(tx));
  if (state === 'unconfirmed') throw unconfirmed();
  if (state !== 'open') throw linkEnded('invitation');
}

const offer = query({
  name: 'invitations.offer',
  input: invitationInput,
  output: invitationOffer,
  permit: isSignInJob,
  run: async ({ input, tx }) => {
    const row = await loadInvitation(tx, input.id);
    await assertOpen(tx, row);
    const workspace = await loadWorkspace(tx);
    return {
      name: row.name,
      email: row.email,
      workspace: workspace.name,
      roles: rolesOf(row.roles),
    };
  },
});

const accept = verb({
  name: 'invitations.accept',
  input: acceptInvitationInput.omit({ token: true }).extend(invitationInput.shape),
  output: memberView,
  permit: isSignInJob,
  run: async ({ ctx, input, tx, event }) => {
    const row = await loadInvitation(tx, input.id);
    await assertOpen(tx, row);
    if (!(await closeInvitation(tx, row.id, 'acceptedAt'))) throw linkEnded('invitation');
    event({ type: 'invitation.accepted', object: { type: 'invitation', id: row.id } });
    const member = await insertMember(tx, event, {
      workspaceId: ctx.workspace,
      name: input.name ?? row.name,
      email: row.email,
      roles: rolesOf(row.roles),
      passwordHash: await hashPassword(input.password),
    });
    return viewMember(member, ctx.actor);
  },
});

async function byToken(token: string): Promise<{ workspace: string; invitation: string }> {
  const found = await invitationByTokenHash(db(), sha256Hex(token));
  if (!found) throw linkEnded('invitation');
  return found;
}

/** What an invitation link offers; 410 when it was used, revoked or has expired, 409 before a second admin has confirmed it. */
export async function readInvitation(raw: unknown): Promise<InvitationOffer> {
  const { token } = parse(invitationTokenInput, raw);
  const found = await byToken(token);
  return offer(jobContext(found.workspace, SIGN_IN_JOB), { id: found.invitation });
}

/** Makes the invited person a member with a password; the link works once. */
export async function acceptInvitation(raw: unknown): Promise<MemberView> {
  const { token, ...rest } = parse(acceptInvitationInput, raw);
  const found = await byToken(token);
  return accept(jobContext(found.workspace, SIGN_IN_JOB), { ...rest, id: found.invitation });
}
