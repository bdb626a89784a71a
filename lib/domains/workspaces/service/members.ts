import { db, type Tx } from '@/lib/infra/db';
import { hashPassword } from '@/lib/infra/password';
import { jobContext } from '@/lib/kernel/context';
import { toPage } from '@/lib/kernel/page';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { lastAdmin, noMember, pendingChanged } from '../errors';
import {
  mayAdminister,
  mayChangeAbilities,
  mayChangeRoles,
  mayConfirmMember,
  mayDisable,
  mayEnable,
  mayRead,
  mayRejectMember,
  mayResetAnySecondFactor,
  mayResetSecondFactor,
  maySeed,
  SETUP_JOB,
  mayUpdateMember,
  isMember,
} from '../policy';
import {
  endSessionsOf,
  endTokensOf,
  findMembers,
  loadMember,
  lockMember,
  memberByEmail,
  otherActiveAdmins,
  settlePending,
  countLive,
  countUnconfirmed,
} from '../repo';
import {
  addMemberInput,
  confirmMemberInput,
  listMembersInput,
  memberDetail,
  memberInput,
  memberPage,
  memberView,
  updateMemberInput,
} from '../schema';
import { type Given, GUARDED_ROLES, isNothing, isSame, nothing, toConfirm } from '../second-admin';
import { insertMember } from './insert-member';
import { abilitiesOf, hasCodes, hasSecondFactor, pendingOf, rolesOf, viewMember } from './views';
import { readSettings } from './workspace';

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

/** How many people wait for a second admin, where one is asked for. */
export async function unconfirmedPeople(tx: Tx): Promise<number> {
  const { secondAdminWidens } = await readSettings(tx);
  return secondAdminWidens ? countUnconfirmed(tx, GUARDED_ROLES) : 0;
}

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

/**
 * Changes a member's name (their own, or any for an admin), roles or abilities (an admin, never
 * their own). Where a second admin is asked for, what takes one waits in place of what waited,
 * and all else is changed at once.
 */
export const updateMember = verb({
  name: 'members.update',
  input: updateMemberInput,
  output: memberView,
  permit: isMember,
  run: async ({ ctx, input, tx, event }) => {
    // What they have decides what takes a second admin, so it must not change in between.
    const old = await lockMember(tx, input.id, input.roles !== undefined);
    const facts = { ...old, secondFactor: hasSecondFactor(old) };
    permitted(mayUpdateMember(ctx.actor, facts));
    if (input.roles !== undefined) {
      permitted(mayChangeRoles(ctx.actor, facts));
      const losesAdmin = old.roles.includes('admin') && !input.roles.includes('admin');
      if (losesAdmin && (await otherActiveAdmins(tx, old.id)) === 0) throw lastAdmin();
    }
    if (input.abilities !== undefined) permitted(mayChangeAbilities(ctx.actor, facts));
    const wanted = {
      roles: input.roles ?? rolesOf(old.roles),
      abilities: input.abilities ?? abilitiesOf(old.abilities),
    };
    const { secondAdminWidens } = await readSettings(tx);
    const pending = secondAdminWidens ? toConfirm(old, wanted) : nothing;
    const now = {
      roles: wanted.roles.filter((role) => !pending.roles.includes(role)),
      abilities: wanted.abilities.filter((one) => !pending.abilities.includes(one)),
    };
    // Without the rule one admin has given, or not, what had waited.
    const settled = !secondAdminWidens && (input.roles ?? input.abilities) !== undefined;
    const replaces = settled || !isNothing(pending);
    const row = await tx.member.update({
      where: { id: old.id },
      data: {
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.roles === undefined ? {} : { roles: now.roles }),
        ...(input.abilities === undefined ? {} : { abilities: now.abilities }),
        ...(replaces ? pendingData(pending, ctx.actor.id) : {}),
      },
    });
    event({
      type: 'member.updated',
      object: { type: 'member', id: row.id },
      data: {
        before: { name: old.name, roles: old.roles, abilities: old.abilities },
        after: { name: row.name, roles: row.roles, abilities: row.abilities },
        ...(isNothing(pending) ? {} : { pending }),
        ...(old.pendingBy !== null && replaces
          ? { replaced: { ...pendingOf(old), by: old.pendingBy } }
          : {}),
      },
    });
    return viewMember(row, ctx.actor);
  },
});

const pendingData = (pending: Given, by: string) => ({
  pendingRoles: [...pending.roles],
  pendingAbilities: [...pending.abilities],
  pendingBy: isNothing(pending) ? null : by,
});

/** The second admin's part in what a member is given: 409 when something else waits than was seen. */
export const confirmMember = verb({
  name: 'members.confirm',
  input: confirmMemberInput,
  output: memberView,
  permit: mayAdminister,
  run: async ({ ctx, input, tx, event }) => {
    const old = await loadMember(tx, input.id);
    permitted(mayConfirmMember(ctx.actor, old));
    const pending = pendingOf(old);
    if (!isSame(pending, input)) throw pendingChanged();
    const given = {
      roles: [...new Set([...rolesOf(old.roles), ...pending.roles])],
      abilities: [...new Set([...abilitiesOf(old.abilities), ...pending.abilities])],
    };
    if (!(await settlePending(tx, old, given))) throw pendingChanged();
    event({
      type: 'member.confirmed',
      object: { type: 'member', id: old.id },
      data: {
        before: { roles: old.roles, abilities: old.abilities },
        after: given,
        asked_by: old.pendingBy,
      },
    });
    return viewMember(await loadMember(tx, old.id), ctx.actor);
  },
});

/** Drops what waits for a second admin. */
export const rejectMember = verb({
  name: 'members.reject',
  input: memberInput,
  output: memberView,
  permit: mayAdminister,
  run: async ({ ctx, input, tx, event }) => {
    const old = await loadMember(tx, input.id);
    permitted(mayRejectMember(ctx.actor, old));
    if (!(await settlePending(tx, old, null))) throw pendingChanged();
    event({
      type: 'member.rejected',
      object: { type: 'member', id: old.id },
      data: { pending: pendingOf(old), asked_by: old.pendingBy },
    });
    return viewMember(await loadMember(tx, old.id), ctx.actor);
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

/**
 * Lets a disabled member in again. Where a second admin is asked for, what is guarded of what they
 * had waits for one: who was disabled may have been an intruder.
 */
export const enableMember = verb({
  name: 'members.enable',
  input: memberInput,
  output: memberView,
  permit: mayAdminister,
  run: async ({ ctx, input, tx, event }) => {
    const old = await lockMember(tx, input.id);
    permitted(mayEnable(ctx.actor, { ...old, secondFactor: hasSecondFactor(old) }));
    const { secondAdminWidens } = await readSettings(tx);
    const asked = {
      roles: [...new Set([...old.roles, ...old.pendingRoles])],
      abilities: [...new Set([...old.abilities, ...old.pendingAbilities])],
    };
    const pending = secondAdminWidens ? toConfirm(nothing, asked) : nothing;
    const row = await tx.member.update({
      where: { id: old.id },
      data: {
        state: 'active',
        ...(isNothing(pending)
          ? {}
          : {
              roles: old.roles.filter((role) => !pending.roles.includes(role)),
              abilities: old.abilities.filter((one) => !pending.abilities.includes(one)),
              ...pendingData(pending, ctx.actor.id),
            }),
      },
    });
    event({
      type: 'member.enabled',
      object: { type: 'member', id: row.id },
      data: {
        before: { state: old.state, roles: old.roles, abilities: old.abilities },
        after: { state: row.state, roles: row.roles, abilities: row.abilities },
        ...(isNothing(pending) ? {} : { pending }),
        ...(isNothing(pending) || old.pendingBy === null
          ? {}
          : { replaced: { ...pendingOf(old), by: old.pendingBy } }),
      },
    });
    return viewMember(row, ctx.actor);
  },
});

/** Takes a lost second factor off a member, and ends their sessions. */
export const resetSecondFactor = verb({
  name: 'members.reset_second_factor',
  input: memberInput,
  output: memberView,
  permit: mayResetAnySecondFactor,
  run: async ({ ctx, input, tx, event }) => {
    const old = await loadMember(tx, input.id);
    permitted(mayResetSecondFactor(ctx.actor, { ...old, secondFactor: hasSecondFactor(old) }));
    const row = await tx.member.update({
      where: { id: old.id },
      data: {
        ...{ totpSecret: null, totpConfirmedAt: null, totpLastStep: null },
        passkeySignIn: false,
      },
    });
    const sessions = await endSessionsOf(tx, old.id, []);
    event({
      type: 'member.second_factor_reset',
      object: { type: 'member', id: row.id },
      data: {
        before: { code: hasCodes(old), passkey: old.passkeySignIn },
        after: { code: false, passkey: false },
        sessions_revoked: sessions,
      },
    });
    return viewMember(row, ctx.actor);
  },
});

/** The same by the operator, for the member with an address of mail; 404 for one that nobody has. */
export async function resetSecondFactorOf(email: string): Promise<void> {
  const found = await memberByEmail(db(), email.trim().toLowerCase());
  if (!found) throw noMember(email);
  await resetSecondFactor(jobContext(found.workspace, SETUP_JOB), { id: found.member });
}
