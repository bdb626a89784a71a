import { workspaceSettings } from '@/lib/domains/workspaces/server';
import { Prisma, type Tx } from '@/lib/infra/db';
import { canonicalJson } from '@/lib/kernel/canonical';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { conflict } from '@/lib/kernel/problem';
import { applyCedar } from '../cedar-policies/apply';
import { assertFits } from '../repo';
import { paired } from './diff';
import type { PermissionDocument, PolicyDocument, RoleDocument } from './document';
import { json } from './repo';

/**
 * Makes the workspace's rows what `to` says, from what `from` says they are now. The caller
 * holds the lock; `draftedBy` is everyone who drafted it, beside the actor. Throws 409 for what is not there any more, 422 for what does not fit.
 */
export async function applyDocument(
  tx: Tx,
  ctx: Context,
  from: PolicyDocument,
  to: PolicyDocument,
  draftedBy: readonly string[] = [],
): Promise<void> {
  await applySettings(tx, from, to);
  for (const [key, { classification }] of Object.entries(to.actionTypes)) {
    if (from.actionTypes[key]?.classification === classification) continue;
    await tx.actionType.updateMany({ where: { key }, data: { classification } });
  }
  const types = new Map((await tx.actionType.findMany()).map(({ id, key }) => [key, id]));
  for (const name of new Set([...Object.keys(from.roles), ...Object.keys(to.roles)])) {
    await applyRole(tx, ctx, name, from.roles[name], to.roles[name], { types, draftedBy });
  }
  await applyAgents(tx, ctx, from, to);
  await applyCedar(tx, ctx, from.cedar, to.cedar, draftedBy);
}

async function applySettings(tx: Tx, from: PolicyDocument, to: PolicyDocument): Promise<void> {
  const pick = ({ floors, secondAdmin }: PolicyDocument) => canonicalJson({ floors, secondAdmin });
  if (pick(from) === pick(to)) return;
  const [row] = await tx.workspace.findMany();
  if (!row) return;
  const settings = workspaceSettings.parse(row.settings);
  await tx.workspace.update({
    where: { id: row.id },
    data: {
      settings: { ...settings, tierFloors: to.floors, secondAdminWidens: to.secondAdmin },
    },
  });
}

async function applyRole(
  tx: Tx,
  ctx: Context,
  name: string,
  was: RoleDocument | undefined,
  is: RoleDocument | undefined,
  { types, draftedBy }: { types: ReadonlyMap<string, string>; draftedBy: readonly string[] },
): Promise<void> {
  if (!is) {
    await tx.role.updateMany({ where: { name }, data: { state: 'retired' } });
    return;
  }
  const role = await revived(tx, ctx, name, is.description);
  // A role that was retired comes back with what the document says, whatever and whoever it had.
  if (!was) {
    await tx.permission.deleteMany({ where: { roleId: role } });
    await tx.agentRole.deleteMany({ where: { roleId: role } });
  }
  const rows = await tx.permission.findMany({ where: { roleId: role } });
  const rowOf = ({ action, condition }: PermissionDocument) =>
    rows.find(
      (row) =>
        row.actionTypeId === types.get(action) &&
        canonicalJson(row.condition) === canonicalJson(condition),
    );
  const pairs = paired(was?.permissions ?? [], is.permissions).filter(
    ([old, now]) => canonicalJson(old ?? null) !== canonicalJson(now ?? null),
  );
  // What goes, goes first, so that nothing new meets it.
  for (const [old, now] of pairs) {
    const row = old && !now ? rowOf(old) : undefined;
    if (row) await tx.permission.delete({ where: { id: row.id } });
  }
  for (const [old, now] of pairs) {
    if (!now) continue;
    const actionTypeId = types.get(now.action);
    if (!actionTypeId) throw gone(`The action type ${now.action}`);
    const row = old && rowOf(old);
    const { tier, ladder, condition, limits } = now;
    await assertFits(tx, {
      id: row?.id ?? '',
      roleId: role,
      actionTypeId,
      ladder,
      limits,
      condition,
    });
    const data = {
      tier,
      ladder: ladder ?? Prisma.DbNull,
      ...json({ condition, limits }),
      updatedBy: ctx.actor.id,
      draftedBy: [...draftedBy],
    };
    if (row) await tx.permission.update({ where: { id: row.id }, data });
    else {
      const ids = { id: newId('prm'), workspaceId: ctx.workspace, roleId: role, actionTypeId };
      await tx.permission.create({ data: { ...data, ...ids, createdBy: ctx.actor.id } });
    }
  }
}

/** The role of this name, made or taken out of retirement if need be. */
async function revived(tx: Tx, ctx: Context, name: string, description: string): Promise<string> {
  const row = await tx.role.findFirst({ where: { name } });
  if (!row) {
    const id = newId('rol');
    await tx.role.create({ data: { id, workspaceId: ctx.workspace, name, description } });
    return id;
  }
  if (row.state !== 'active' || row.description !== description) {
    await tx.role.update({ where: { id: row.id }, data: { state: 'active', description } });
  }
  return row.id;
}

async function applyAgents(
  tx: Tx,
  ctx: Context,
  from: PolicyDocument,
  to: PolicyDocument,
): Promise<void> {
  const roles = new Map(
    (await tx.role.findMany()).map(({ id, name, state }) => [name, { id, state }]),
  );
  for (const [name, wanted] of Object.entries(to.agents)) {
    const now = from.agents[name];
    if (!now || canonicalJson(now) === canonicalJson(wanted)) continue;
    const agent = await tx.agent.findFirst({ where: { name, state: { not: 'retired' } } });
    if (!agent) throw gone(`The agent ${name}`);
    if (agent.clearance !== wanted.clearance) {
      await tx.agent.update({ where: { id: agent.id }, data: { clearance: wanted.clearance } });
    }
    for (const role of now.roles.filter((one) => !wanted.roles.includes(one))) {
      const id = roles.get(role)?.id ?? '';
      await tx.agentRole.deleteMany({ where: { agentId: agent.id, roleId: id } });
    }
    for (const role of wanted.roles.filter((one) => !now.roles.includes(one))) {
      const known = roles.get(role);
      if (known?.state !== 'active') throw gone(`The role ${role}`);
      await tx.agentRole.upsert({
        where: { agentId_roleId: { agentId: agent.id, roleId: known.id } },
        create: {
          workspaceId: ctx.workspace,
          agentId: agent.id,
          roleId: known.id,
          grantedBy: ctx.actor.id,
        },
        update: {},
      });
    }
  }
}

function gone(what: string) {
  return conflict('not_there', `${what} is not there any more. Take that change out of the draft.`);
}
