import { z } from 'zod';
import { createGroup, CreateGroup, removeGroup, updateGroup } from '@/lib/domains/approvals/server';
import { emailField } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import { invalid } from '@/lib/kernel/problem';
import { jsonKind, sorted } from './kind';

const { name, description } = CreateGroup.shape;
const MOST_MEMBERS = 200;

const GroupFile = z.strictObject({
  name,
  description,
  /** E-mails of members; whoever is none here is told of. */
  members: z
    .array(emailField)
    .max(MOST_MEMBERS)
    .refine((emails) => new Set(emails).size === emails.length, 'must name each member once'),
});
type GroupDocument = z.output<typeof GroupFile>;

export const approverGroupKind = jsonKind<GroupDocument>({
  noun: 'group of approvers',
  folder: 'approver-groups',
  schema: GroupFile,
  normal: ({ members, ...group }) => ({ ...group, members: sorted(members, (email) => email) }),
  nameOf: (group) => group.name,
  read: async (tx) => {
    const rows = await tx.approverGroup.findMany({ include: { members: true } });
    const emails = new Map([...(await membersByEmail(tx))].map(([email, id]) => [id, email]));
    return rows.map((row) => ({
      ...{ name: row.name, description: row.description },
      members: sorted(
        row.members.flatMap(({ memberId }) => emails.get(memberId) ?? []),
        (email) => email,
      ),
    }));
  },
  added: ({ members }) =>
    members.length > 0 ? members.map((email) => `${email} is in it`) : ['Nobody is in it'],
  changed: (was, is) => [
    ...(was.description === is.description ? [] : ['It is described anew']),
    ...is.members.filter((one) => !was.members.includes(one)).map((one) => `${one} joins it`),
    ...was.members.filter((one) => !is.members.includes(one)).map((one) => `${one} leaves it`),
  ],
  removed: async (_, group) => ({
    words: `The group of approvers ${group.name} is removed`,
    details: [],
    final: false,
  }),
  apply: async ({ deed, attempt }, was, wanted) => {
    const members = await membersByEmail(deed.tx);
    const ids = await groupIds(deed.tx);
    for (const [key, group] of wanted) {
      const now = was.get(key);
      if (now && approverGroupKind.print(now) === approverGroupKind.print(group)) continue;
      await attempt(approverGroupKind.fileOf(key), async () => {
        const strangers = group.members.flatMap((email, at) =>
          members.has(email)
            ? []
            : [{ field: `members.${at}`, message: 'is no member of this workspace' }],
        );
        if (strangers.length > 0) throw invalid(strangers);
        const input = { ...group, members: group.members.map((email) => members.get(email)) };
        const id = ids.get(key);
        return id ? updateGroup.within(deed, { ...input, id }) : createGroup.within(deed, input);
      });
    }
  },
  remove: async ({ deed, attempt }, gone) => {
    const ids = await groupIds(deed.tx);
    for (const group of gone) {
      await attempt(approverGroupKind.fileOf(group.name), () =>
        removeGroup.within(deed, { id: ids.get(group.name) }),
      );
    }
  },
});

export async function groupIds(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.approverGroup.findMany({ select: { id: true, name: true } });
  return new Map(rows.map((row) => [row.name, row.id]));
}

async function membersByEmail(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.member.findMany({ select: { id: true, email: true } });
  return new Map(rows.map(({ id, email }) => [email, id]));
}
