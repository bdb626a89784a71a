import type { Tx } from '@/lib/infra/db';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import type { Observed } from '@/lib/kernel/observe';
import { conflict } from '@/lib/kernel/problem';
import { names, own } from '../policies/compare';
import type { PolicyDocument } from '../policies/document';
import { placeWords, refuseProblems } from './refuse';
import { cedarSource, lockCedar } from './repo';
import { checkWorkspace } from './workspace';

type CedarDocument = PolicyDocument['cedar'];

/** 422 unless these would hold in the workspace as it stands. */
export async function refuseInvalidCedar(
  tx: Tx,
  { schema, policies }: CedarDocument,
  field: string,
  written: readonly string[],
): Promise<void> {
  const { actionTypes } = await cedarSource(tx);
  const texts = Object.entries(policies).map(([name, text]) => ({ name, text }));
  const checked = checkWorkspace({ declared: schema, policies: texts, actionTypes });
  // No text of this name was sent, so each problem says where it is.
  refuseProblems(checked, { field, name: '' }, written);
}

/** Makes the policies by hand and the declared types what a document says. */
export async function applyCedar(
  tx: Tx,
  ctx: Context,
  from: CedarDocument,
  to: CedarDocument,
  draftedBy: readonly string[] = [],
): Promise<void> {
  const changed = names(from.policies, to.policies).filter(
    (name) => own(from.policies, name) !== own(to.policies, name),
  );
  if (changed.length === 0 && from.schema === to.schema) return;
  await lockCedar(tx);
  await refuseInvalidCedar(tx, to, 'cedar', changed);
  const { workspace: workspaceId } = ctx;
  const by = { updatedBy: ctx.actor.id };
  const drafted = { ...by, draftedBy: [...draftedBy] };
  for (const name of changed) {
    const text = own(to.policies, name);
    const key = { workspaceId, name };
    if (text === undefined) await tx.cedarPolicy.deleteMany({ where: { name } });
    else {
      await tx.cedarPolicy.upsert({
        where: { workspaceId_name: key },
        create: { ...key, ...drafted, id: newId('cpl'), text, createdBy: ctx.actor.id },
        update: { ...drafted, text },
      });
    }
  }
  if (from.schema === to.schema) return;
  const data = { ...by, text: to.schema };
  await tx.cedarSchema.upsert({
    where: { workspaceId },
    create: { ...data, workspaceId },
    update: data,
  });
}

/**
 * What policies by hand speak of stays as they need it: an action type is not changed or
 * retired from under them, and none takes the name of a declared action.
 */
export async function keepCedarValid({ tx, events }: Observed): Promise<void> {
  if (!events.some(({ type }) => type.startsWith('action_type.'))) return;
  const source = await cedarSource(tx);
  if (source.policies.length === 0 && source.declared === '') return;
  const [problem] = checkWorkspace(source).problems;
  if (!problem) return;
  const where = problem.name === null ? 'the Cedar schema' : `the Cedar policy ${problem.name}`;
  throw conflict(
    'cedar_policy_in_the_way',
    `Then ${where} would no longer be valid: ${placeWords(problem)}. Change it first.`,
  );
}
