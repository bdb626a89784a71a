import { cedar, CedarTrapped, trapping } from '@/lib/infra/cedar';
import { defined } from '@/lib/kernel/defined';
import { newId } from '@/lib/kernel/ids';
import { createdKey, toPage } from '@/lib/kernel/page';
import { pageOf } from '@/lib/kernel/page-input';
import { assertSeen } from '@/lib/kernel/seen';
import { query, verb } from '@/lib/kernel/verb';
import { manageAccess, readAccess } from '../../policy';
import { refuseProblems } from '../refuse';
import {
  cedarSource,
  findCedarPolicies,
  loadCedarPolicy,
  lockCedar,
  viewCedarPolicy,
  writtenIn,
} from '../repo';
import {
  CedarPolicy,
  CedarPolicyRef,
  CheckCedarPolicy,
  CreateCedarPolicy,
  ListCedarPolicies,
  TextCheck,
  UpdateCedarPolicy,
} from '../schema';
import { checkWorkspace } from '../workspace';

export const listCedarPolicies = query({
  name: 'cedar_policies.list',
  input: ListCedarPolicies,
  output: pageOf(CedarPolicy),
  permit: readAccess,
  run: async ({ ctx, input, tx }) =>
    toPage(await findCedarPolicies(tx, input), input.limit, createdKey, (row) =>
      viewCedarPolicy(row, ctx.actor),
    ),
});

export const getCedarPolicy = query({
  name: 'cedar_policies.get',
  input: CedarPolicyRef,
  output: CedarPolicy,
  permit: readAccess,
  run: async ({ ctx, input, tx }) =>
    viewCedarPolicy(await loadCedarPolicy(tx, input.id), ctx.actor),
});

/** Adds policies by hand. Nothing is saved that Cedar does not validate beside the others. */
export const createCedarPolicy = verb({
  name: 'cedar_policies.create',
  input: CreateCedarPolicy,
  output: CedarPolicy,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    await lockCedar(tx);
    const source = await cedarSource(tx);
    const policies = [...source.policies, input];
    refuseProblems(checkWorkspace({ ...source, policies }), { field: 'text', name: input.name }, [
      input.name,
    ]);
    const id = newId('cpl');
    const { actor, workspace: workspaceId } = ctx;
    await tx.cedarPolicy.create({
      data: { ...input, id, workspaceId, createdBy: actor.id, updatedBy: actor.id },
    });
    event({
      type: 'cedar_policy.created',
      object: { type: 'cedar_policy', id },
      data: { before: null, after: input },
    });
    return viewCedarPolicy(await loadCedarPolicy(tx, id), actor);
  },
});

export const updateCedarPolicy = verb({
  name: 'cedar_policies.update',
  input: UpdateCedarPolicy,
  output: CedarPolicy,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    const { id, digest: seen, ...changes } = input;
    await lockCedar(tx);
    const before = await loadCedarPolicy(tx, id);
    assertSeen(seen, writtenIn(before), 'this policy');
    const after = { name: input.name ?? before.name, text: input.text ?? before.text };
    const source = await cedarSource(tx);
    const policies = [...source.policies.filter(({ name }) => name !== before.name), after];
    refuseProblems(checkWorkspace({ ...source, policies }), { field: 'text', name: after.name }, [
      after.name,
    ]);
    await tx.cedarPolicy.update({
      where: { id },
      data: { ...defined(changes), updatedBy: ctx.actor.id, draftedBy: [] },
    });
    event({
      type: 'cedar_policy.updated',
      object: { type: 'cedar_policy', id },
      data: { before: writtenIn(before), after },
    });
    return viewCedarPolicy(await loadCedarPolicy(tx, id), ctx.actor);
  },
});

export const removeCedarPolicy = verb({
  name: 'cedar_policies.remove',
  input: CedarPolicyRef,
  output: CedarPolicyRef,
  permit: manageAccess,
  run: async ({ input, tx, event }) => {
    await lockCedar(tx);
    const { name, text } = await loadCedarPolicy(tx, input.id);
    await tx.cedarPolicy.delete({ where: { id: input.id } });
    event({
      type: 'cedar_policy.removed',
      object: { type: 'cedar_policy', id: input.id },
      data: { before: { name, text }, after: null },
    });
    return input;
  },
});

/** What is wrong with a text, as one types; says nothing of the others in the workspace. */
export const checkCedarPolicy = query({
  name: 'cedar_policies.check',
  input: CheckCedarPolicy,
  output: TextCheck,
  permit: manageAccess,
  run: async ({ input, tx }) => {
    const source = await cedarSource(tx);
    const { problems, unknown, statements } = checkWorkspace({
      ...source,
      policies: [{ name: 'text', text: input.text }],
    });
    return {
      problems: [...problems, ...unknown].map(({ line, column, message }) => ({
        line,
        column,
        message,
      })),
      formatted: formatted(input.text),
      uncompiled: statements.flatMap(({ text, uncovered: why }) =>
        why === undefined ? [] : [{ policy: text, why }],
      ),
    };
  },
});

function formatted(policyText: string): string | null {
  try {
    const laid = trapping(() => cedar().formatPolicies({ policyText }));
    return laid.type === 'success' ? laid.formatted_policy : null;
  } catch (error) {
    if (error instanceof CedarTrapped) return null;
    throw error;
  }
}
