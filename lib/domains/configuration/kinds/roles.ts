import { z } from 'zod';
import {
  createPermission,
  CreatePermission,
  createRole,
  CreateRole,
  keyOf,
  ordered,
  paired,
  permissionWords,
  removePermission,
  restoreRole,
  retireRole,
  updatePermission,
  updateRole,
} from '@/lib/domains/access/server';
import type { Tx } from '@/lib/infra/db';
import type { Path } from '../text';
import { idsByKey as actionTypeIds } from './action-types';
import { jsonKind, same, type Work } from './kind';

const { tier, ladder, condition, limits } = CreatePermission.shape;

/** One action type, by its key, that the role grants. */
export const PermissionFile = z
  .strictObject({ action: z.string(), tier, ladder, condition, limits })
  .refine((permission) => (permission.tier === null) !== (permission.ladder === null), {
    error: 'give either a tier or a ladder',
    path: ['tier'],
  });
export const RoleFile = z.strictObject({
  name: CreateRole.shape.name,
  description: CreateRole.shape.description,
  permissions: z.array(PermissionFile).superRefine((permissions, check) => {
    const keys = permissions.map(keyOf);
    for (const [index, key] of keys.entries()) {
      if (keys.indexOf(key) === index) continue;
      const message = 'grants this action type under this condition already';
      check.addIssue({ code: 'custom', path: [index, 'action'], message });
    }
  }),
});
export type RoleDocument = z.output<typeof RoleFile>;
type PermissionDocument = RoleDocument['permissions'][number];

export const roleKind = jsonKind<RoleDocument>({
  noun: 'role',
  folder: 'roles',
  schema: RoleFile,
  normal: (role) => ({ ...role, permissions: ordered(role.permissions) }),
  nameOf: (role) => role.name,
  read: async (tx) => {
    const rows = await tx.role.findMany({
      where: { state: 'active' },
      include: { permissions: { include: { actionType: { select: { key: true, state: true } } } } },
    });
    return rows.map((row) =>
      RoleFile.parse({
        name: row.name,
        description: row.description,
        permissions: row.permissions
          .filter(({ actionType }) => actionType.state === 'active')
          .map((permission) => ({
            action: permission.actionType.key,
            tier: permission.tier,
            ladder: permission.ladder,
            condition: permission.condition,
            limits: permission.limits,
          })),
      }),
    );
  },
  references: ({ permissions }) =>
    permissions.map(({ action }, at) => ({
      path: ['permissions', at, 'action'],
      kind: 'action type',
      name: action,
    })),
  added: ({ permissions }) =>
    permissions.map((permission) => `grants ${permission.action}: ${permissionWords(permission)}`),
  changed: (was, is) => [
    ...(was.description === is.description ? [] : ['It is described anew']),
    ...paired(was.permissions, is.permissions)
      .filter(([old, now]) => !same(old, now))
      .map(([old, now]) => {
        if (!now) return `no longer grants ${old?.action ?? ''}`;
        const before = old ? ` (was ${permissionWords(old)})` : '';
        return `grants ${now.action}: ${permissionWords(now)}${before}`;
      }),
  ],
  removed: async (_, role) => ({
    words: `The role ${role.name} is retired`,
    details: [],
    final: false,
  }),
  apply: async (work, was, wanted) => {
    const differing = [...wanted.values()].filter((role) => {
      const now = was.get(role.name);
      return !now || roleKind.print(now) !== roleKind.print(role);
    });
    const ids = await idsByName(work.deed.tx);
    for (const role of differing) {
      await applyRole(work, ids.get(role.name), was.get(role.name), role);
    }
    await applyPermissions(work, differing);
  },
  remove: async ({ deed, attempt }, gone) => {
    const ids = await idsByName(deed.tx);
    for (const role of gone) {
      await attempt(roleKind.fileOf(role.name), () =>
        retireRole.within(deed, { id: ids.get(role.name) }),
      );
    }
  },
});

async function applyRole(
  { deed, attempt }: Work,
  id: string | undefined,
  was: RoleDocument | undefined,
  { name, description }: RoleDocument,
): Promise<void> {
  if (was && was.description === description) return;
  await attempt(roleKind.fileOf(name), async () => {
    if (!id) return createRole.within(deed, { name, description });
    return was
      ? updateRole.within(deed, { id, description })
      : restoreRole.within(deed, { id, description });
  });
}

/** Of all roles, what goes first, so that nothing new meets it. */
async function applyPermissions(work: Work, wanted: readonly RoleDocument[]): Promise<void> {
  const { deed, attempt } = work;
  const roles = await idsByName(deed.tx);
  const types = await actionTypeIds(deed.tx);
  const pairs: { role: RoleDocument; row: Row | undefined; is: PermissionDocument | undefined }[] =
    [];
  for (const role of wanted) {
    const id = roles.get(role.name);
    // A role that could not be made is told of already.
    if (id === undefined) continue;
    const rows = await rowsOf(deed.tx, id);
    for (const [was, is] of paired(
      rows.map((row) => row.document),
      role.permissions,
    )) {
      const row = rows.find(({ document }) => document === was);
      if (!was || !is || !same(was, is)) pairs.push({ role, row, is });
    }
  }
  for (const { role, row, is } of pairs) {
    if (is || !row) continue;
    await attempt(roleKind.fileOf(role.name), () => removePermission.within(deed, { id: row.id }));
  }
  for (const { role, row, is } of pairs) {
    if (!is) continue;
    const { action, ...rule } = is;
    const at = role.permissions.indexOf(is);
    await attempt(
      roleKind.fileOf(role.name),
      () =>
        row
          ? updatePermission.within(deed, ruleOf(row.id, rule))
          : createPermission.within(deed, {
              ...rule,
              roleId: roles.get(role.name),
              actionTypeId: types.get(action),
            }),
      (path) => ['permissions', at, ...place(path)],
    );
  }
}

/** A change names either of tier and ladder, and leaves the other out. */
function ruleOf(
  id: string,
  { tier: fixed, ladder: rungs, ...rule }: Omit<PermissionDocument, 'action'>,
) {
  return { id, ...rule, ...(rungs ? { ladder: rungs } : { tier: fixed, ladder: null }) };
}

function place([first = '', ...rest]: Path): Path {
  return [first === 'actionTypeId' ? 'action' : first, ...rest];
}

type Row = Awaited<ReturnType<typeof rowsOf>>[number];

/** What a role grants now of active action types. */
async function rowsOf(tx: Tx, roleId: string) {
  const rows = await tx.permission.findMany({
    where: { roleId, actionType: { state: 'active' } },
    include: { actionType: { select: { key: true } } },
    orderBy: { id: 'asc' },
  });
  return rows.map((row) => ({
    id: row.id,
    document: PermissionFile.parse({
      action: row.actionType.key,
      tier: row.tier,
      ladder: row.ladder,
      condition: row.condition,
      limits: row.limits,
    }),
  }));
}

/** Ids of all roles, retired ones too. */
export async function idsByName(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.role.findMany({ select: { id: true, name: true } });
  return new Map(rows.map((row) => [row.name, row.id]));
}
