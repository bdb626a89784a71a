/** One expression, as the only condition of the only policy, by the compiled form and by Cedar. */
import assert from 'node:assert/strict';
import { cedar, type CedarValueJson, type EntityJson, type PolicyJson } from '@/lib/infra/cedar';
import { compilePolicySet, EntityStore, recordOf, uidOf } from '../index';

export const uid = (text: string) => {
  const [type = '', id = ''] = text.split(' ');
  return { type, id };
};

/** An entity called `Type id`, in those called so. */
export const entity = (
  name: string,
  parents: readonly string[] = [],
  attrs: EntityJson['attrs'] = {},
  tags: EntityJson['attrs'] = {},
): EntityJson => ({ uid: uid(name), attrs, parents: parents.map(uid), tags });

export interface World {
  entities?: EntityJson[];
  context?: Record<string, CedarValueJson>;
  action?: string;
}

export function policyOf(text: string): PolicyJson {
  const parsed = cedar().policyToJson(text);
  if (parsed.type === 'failure') throw new Error(parsed.errors.map((e) => e.message).join('; '));
  return parsed.json;
}

/** What a condition comes to, or the message of its error; Cedar must say the same. */
export function evaluating(condition: string, world: World = {}): boolean | string {
  return (
    deciding([`permit (principal, action, resource) when { ${condition} };`], world)[0] ?? false
  );
}

/** Of each policy whether it is satisfied, or its error. */
export function deciding(texts: readonly string[], world: World = {}): (boolean | string)[] {
  const { entities = [], context = {}, action = 'Action view' } = world;
  const ids = texts.map((_, index) => `p${index}`);
  const request = { principal: uid('User a'), action: uid(action), resource: uid('File f') };
  const policies = Object.fromEntries(ids.map((id, index) => [id, policyOf(texts[index] ?? '')]));
  const { set, uncovered } = compilePolicySet(policies);
  assert.deepEqual(uncovered, []);
  const mine = set.evaluate(
    {
      principal: uidOf(request.principal),
      action: uidOf(request.action),
      resource: uidOf(request.resource),
      context: recordOf(context),
    },
    new EntityStore(entities),
  );
  const staticPolicies = Object.fromEntries(ids.map((id, index) => [id, texts[index] ?? '']));
  const theirs = cedar().isAuthorized({
    ...request,
    context,
    entities,
    policies: { staticPolicies },
  });
  assert.equal(theirs.type, 'success');
  const { decision, diagnostics } = theirs.response;
  assert.equal(mine.decision, decision);
  assert.deepEqual([...mine.reasons].sort(), [...diagnostics.reason].sort());
  assert.deepEqual(
    new Map(mine.errors.map((each) => [each.policyId, each.message])),
    new Map(diagnostics.errors.map((each) => [each.policyId, each.error.message])),
  );
  return ids.map(
    (id) => mine.errors.find((each) => each.policyId === id)?.message ?? mine.reasons.includes(id),
  );
}
