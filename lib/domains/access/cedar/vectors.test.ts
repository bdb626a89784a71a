/** Cases that Cedar's authors wrote by hand, decided by the compiled policies. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cedar, type CedarValueJson, type EntityJson, type EntityUidJson } from '@/lib/infra/cedar';
import { compilePolicySet, EntityStore, recordOf, uidOf } from './index';
import { policyOf } from './test/evaluating';

const vectors = path.resolve(import.meta.dirname, '../../../../../shared/vectors/cedar');
const present = existsSync(vectors);
if (!present) process.stderr.write(`The published Cedar cases are not at ${vectors}\n`);

interface Case {
  description: string;
  principal: EntityUidJson;
  action: EntityUidJson;
  resource: EntityUidJson;
  context: Record<string, CedarValueJson>;
  decision: 'allow' | 'deny';
  reason: string[];
  errors: string[];
}

interface Suite {
  policies: string;
  entities: string;
  requests: Case[];
}

/**
 * The files leave to a schema what is an entity: there every object of a type and an id is.
 */
function written(json: CedarValueJson): CedarValueJson {
  if (Array.isArray(json)) return json.map(written);
  if (typeof json !== 'object' || json === null) return json;
  if (Object.keys(json).toSorted().join() === 'id,type') {
    return { __entity: json as { type: string; id: string } };
  }
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, written(value)]));
}

describe.skipIf(!present)('the published Cedar cases', () => {
  const read = (name: string) => readFileSync(path.join(vectors, name), 'utf8');
  const files = present
    ? readdirSync(path.join(vectors, 'tests'), { recursive: true, encoding: 'utf8' }).filter(
        (file) => file.endsWith('.json'),
      )
    : [];

  it('are there', () => {
    expect(files.length).toBeGreaterThan(20);
  });

  it.each(files)('%s', (file) => {
    const suite = JSON.parse(read(path.join('tests', file))) as Suite;
    const parsed = cedar().policySetTextToParts(read(suite.policies));
    if (parsed.type === 'failure') throw new Error(parsed.errors.map((e) => e.message).join('; '));
    // They are named by their place in the text.
    const text = read(suite.policies);
    const placed = parsed.policies.toSorted((a, b) => text.indexOf(a) - text.indexOf(b));
    const { set, uncovered } = compilePolicySet(
      Object.fromEntries(placed.map((each, index) => [`policy${index}`, policyOf(each)])),
    );
    expect(uncovered).toEqual([]);
    const stored = JSON.parse(read(suite.entities)) as EntityJson[];
    const entities = new EntityStore(
      stored.map((entity) => ({ ...entity, attrs: written(entity.attrs) as EntityJson['attrs'] })),
    );
    for (const {
      description,
      principal,
      action,
      resource,
      context,
      ...expected
    } of suite.requests) {
      const answer = set.evaluate(
        {
          principal: uidOf(principal),
          action: uidOf(action),
          resource: uidOf(resource),
          context: recordOf(context),
        },
        entities,
      );
      expect(answer.decision, description).toBe(expected.decision);
      expect([...answer.reasons].sort(), description).toEqual(expected.reason.toSorted());
      const erred = answer.errors.map((each) => each.policyId).sort();
      expect(erred, description).toEqual(expected.errors.toSorted());
    }
  });
});
