import { hashPassword } from '@/lib/infra/password';
import { toPage } from '@/lib/kernel/page';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { lastAdmin } from '../errors';
import {
  mayAdminister,
  mayChangeAbilities,
  mayChangeRoles,
  mayDisable,
  mayEnable,
  mayRead,
  mayResetSecondFactor,
  maySeed,
  mayUpdateMember,
  isMember,
} from '../policy';
import {
  endSessionsOf,
  endTokensOf,
  findMembers,
  loadMember,
  otherActiveAdmins,
  countLive,
} from '../repo';
import {
  addMemberInput,
  listMembersInput,
  memberDetail,
  memberInput,
  memberPage,
  memberView,
  updateMemberInput,
} from '../schema';
import { insertMember } from './insert-member';
import { hasSecondFactor, viewMember } from './views';

export const listMembers = query({
  name: 'members.list',
  input: listMembersInput,
  output: memberPage,
  permit: mayRead,
  run: async ({ ctx, input, tx }) =>
    toPage(
      await findMembers(tx, input),
      input.limit,
      (row) => [row.name, row.id],
      (row) => viewMember(row, ctx.actor),
    ),
});

export const getMember = query({
  name: 'members.get',
  input: memberInput,
  output: memberDetail,
  permit: mayRead,
  run: async ({ ctx, input, tx }) => ({
    ...viewMember(await loadMember(tx, input.id), ctx.actor),
    ...(await countLive(tx, input.id)),
  }),
});

/** Adds a member with a password, without an invitation: for the demo's seed. */
export const addMember = verb({
  name: 'members.add',
  input: addMemberInput,
  output: memberView,
  permit: maySeed,
  run: async ({ ctx, input, tx, event }) => {
    const { password, ...member } = input;
    const row = await insertMember(tx, event, {
      ...member,
      workspaceId: ctx.workspace,
      passwordHash: await hashPassword(password),
    });
    return viewMember(row, ctx.actor);
  },
});

/** Changes a member's name (their own, or any for an admin), roles or abilities (an admin, never their own). */
export const updateMember = verb({
  name: 'members.update',
  input: updateMemberInput,
  output: memberView,
  permit: isMember,
  run: async ({ ctx, input, tx, event }) => {
    const old = await loadMember(tx, input.id);
    const facts = { ...old, secondFactor: hasSecondFactor(old) };
    permitted(mayUpdateMember(ctx.actor, facts));
    if (input.roles !== undefined) {
      permitted(mayChangeRoles(ctx.actor, facts));
      const losesAdmin = old.roles.includes('admin') && !input.roles.includes('admin');
      if (losesAdmin && (await otherActiveAdmins(tx, old.id)) === 0) throw lastAdmin();
    }
    if (input.abilities !== undefined) permitted(mayChangeAbilities(ctx.actor, facts));
    const row = await tx.member.update({
      where: { id: old.id },
      data: {
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.roles === undefined ? {} : { roles: input.roles }),
        ...(input.abilities === undefined ? {} : { abilities: input.abilities }),
      },
    });
    event({
      type: 'member.updated',
      object: { type: 'member', id: row.id },
      data: {
        before: { name: old.name, roles: old.roles, abilities: old.abilities },
        after: { name: row.name, roles: row.roles, abilities: row.abilities },
      },
    });
    return viewMember(row, ctx.actor);
  },
});

/** Disables a member and ends their sessions and access tokens. */
export const disableMember = verb({
  name: 'members.disable',
  input: memberInput,
  output: memberView,
  permit: mayAdminister,
  run: async ({ ctx, input, tx, event }) => {
    const old = await loadMember(tx, input.id);
    permitted(mayDisable(ctx.actor, { ...old, secondFactor: hasSecondFactor(old) }));
    const isAdmin = old.roles.includes('admin');
    if (isAdmin && (await otherActiveAdmins(tx, old.id)) === 0) throw lastAdmin();
    const row = await tx.member.update({ where: { id: old.id }, data: { state: 'disabled' } });
    const sessions = await endSessionsOf(tx, old.id, []);
    const tokens = await endTokensOf(tx, old.id);
    event({
      type: 'member.disabled',
      object: { type: 'member', id: row.id },
      data: {
        before: { state: old.state },
        after: { state: row.state },
        sessions_revoked: sessions,
        tokens_revoked: tokens,
      },
    });
    return viewMember(row, ctx.actor);
  },
});

export const enableMember = verb({
  name: 'members.enable',
  input: memberInput,
  output: memberView,
  permit: mayAdminister,
  run: async ({ ctx, input, tx, event }) => {
    const old = await loadMember(tx, input.id);
    permitted(mayEnable(ctx.actor, { ...old, secondFactor: hasSecondFactor(old) }));
    const row = await tx.member.update({ where: { id: old.id }, data: { state: 'active' } });
    event({
      type: 'member.enabled',
      object: { type: 'member', id: row.id },
      data: { before: { state: old.state }, after: { state: row.state } },
    });
    return viewMember(row, ctx.actor);
  },
});

/** Takes a lost second factor off a member, and ends their sessions. */
export const resetSecondFactor = verb({
  name: 'members.reset_second_factor',
  input: memberInput,
  output: memberView,
  permit: mayAdminister,
  run: async ({ ctx, input, tx, event }) => {
    const old = await loadMember(tx, input.id);
    permitted(mayResetSecondFactor(ctx.actor, { ...old, secondFactor: hasSecondFactor(old) }));
    const row = await tx.member.update({
      where: { id: old.id },
      data: { totpSecret: null, totpConfirmedAt: null, totpLastStep: null },
    });
    const sessions = await endSessionsOf(tx, old.id, []);
    event({
      type: 'member.second_factor_reset',
      object: { type: 'member', id: row.id },
      data: {
        before: { second_factor: true },
        after: { second_factor: false },
        sessions_revoked: sessions,
      },
    });
    return viewMember(row, ctx.actor);
  },
});
