/** Decisions about the types that a workspace declares: policies by hand, on stored entities. */
import {
  conformRecord,
  type Declared,
  type DeclaredAction,
  EntityStore,
  InvalidJson,
  Mismatch,
} from '@/lib/domains/access/server';
import type { CedarValueJson, EntityJson } from '@/lib/infra/cedar';
import { logger } from '@/lib/infra/logger';
import { type ByHand, decideByHand } from '../cedar/by-hand';
import { type Entities, keyOf, referred, type Uid } from './entities';
import type { Decision, Evaluation } from './schema';

export const no = (reason: string): Decision => ({ decision: false, context: { reason } });
export const failure = (status: number, message: string): Decision => ({
  decision: false,
  context: { error: { status, message } },
});

/** An evaluation's entities and context with the types that are declared for them. */
interface Typed {
  action: DeclaredAction;
  entities: EntityJson[];
  context: Record<string, CedarValueJson>;
}

/** Brings in what an evaluation of these looks at. */
export async function loadFor(
  { literals }: ByHand,
  declared: Declared,
  entities: Entities,
  asked: readonly Evaluation[],
): Promise<void> {
  const roots = asked.flatMap(({ subject, resource }): Uid[] => [subject, resource]);
  await entities.load([...roots, ...literals]);
  const named = asked.flatMap((one) => {
    const typed = typedOf(declared, entities, one);
    return 'decision' in typed ? [] : typed.entities.flatMap(({ attrs }) => referred(attrs));
  });
  await entities.load(named);
}

/** Whether the policies by hand permit it. What is not known is denied, and what errs as well. */
export function askDeclared(byHand: ByHand, entities: Entities, asked: Evaluation): Decision {
  const { declared, broken, decider, literals } = byHand;
  if (broken !== undefined || !declared) {
    return failure(500, 'The policies of the workspace are not valid. Tell an admin.');
  }
  if (entities.overflow) return failure(500, 'It looks at more entities than a request may.');
  const typed = typedOf(declared, entities, asked);
  if ('decision' in typed) return typed;
  const { action } = typed;
  const looked = literals.flatMap((uid) => entities.get(uid)?.json ?? []);
  const json = [
    ...entities.closure([...typed.entities, ...looked]),
    ...withGroups(declared, action),
  ];
  // What the request has made right is no longer the stored one.
  const spoilt = json.find((one) => {
    const stored = entities.get(one.uid as Uid);
    return stored?.json === one && stored.wrong !== undefined;
  });
  if (spoilt) {
    return failure(500, `The stored entity ${keyOf(spoilt.uid as Uid)} is not as declared.`);
  }
  try {
    const question = {
      principal: uidOf(asked.subject),
      action: action.uid,
      resource: uidOf(asked.resource),
      context: typed.context,
    };
    const answer = decideByHand(decider, question, { json, store: new EntityStore(json) });
    if (answer.errors.length > 0) {
      logger.error({ errors: answer.errors }, 'policies by hand could not be evaluated');
      return failure(500, 'The policies could not be evaluated. Tell an admin.');
    }
    if (answer.decision === 'allow') return { decision: true };
    return no(answer.reasons.length > 0 ? 'a policy forbids it' : 'no policy permits it');
  } catch (error) {
    if (error instanceof InvalidJson) return failure(500, error.message);
    throw error;
  }
}

/** Whether a search need look at any entity at all: the action applies to these types. */
export function applies(declared: Declared, name: string, subject: string, resource: string) {
  const action = declared.actions.get(name);
  return action?.principals.has(subject) === true && action.resources.has(resource);
}

function typedOf(declared: Declared, entities: Entities, asked: Evaluation): Typed | Decision {
  const { subject, resource, action: named, context = {} } = asked;
  const action = declared.actions.get(named.name);
  if (!action) return no('the action is not known');
  if (!applies(declared, named.name, subject.type, resource.type)) {
    return no('the action does not apply to these types');
  }
  const stored = { subject: entities.get(subject), resource: entities.get(resource) };
  if (!stored.subject) return no('the subject is not known');
  if (!stored.resource) return no('the resource is not known');
  try {
    const changed = new Map<string, EntityJson>();
    for (const side of ['subject', 'resource'] as const) {
      const given = asked[side];
      const row = stored[side]?.row;
      const attributes = declared.entityTypes.get(given.type)?.attributes ?? {};
      // Where both are one entity, what is said of either is said of it.
      const earlier = changed.get(keyOf(given)) ? asked.subject.properties : {};
      const values = declaredOf(attributes, given.properties, earlier, row?.properties);
      changed.set(keyOf(given), {
        uid: uidOf(given),
        attrs: conformRecord(declared, attributes, values, `${side}.properties`),
        parents: row?.parents ?? [],
      });
    }
    const attributes = action.context.attributes ?? {};
    const values = declaredOf(
      attributes,
      named.properties && { action: named.properties },
      context,
    );
    return {
      action,
      entities: [...changed.values()],
      context: conformRecord(declared, attributes, values, 'context'),
    };
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    return failure(400, `${error.field} ${error.message}`);
  }
}

/** The declared ones of these, each from the first that has it; the others may be many. */
function declaredOf(
  attributes: object,
  ...given: (Record<string, unknown> | undefined)[]
): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(attributes).flatMap((name) => {
      const has = given.find((one) => one && Object.hasOwn(one, name));
      return has ? [[name, has[name]]] : [];
    }),
  );
}

function uidOf({ type, id }: Uid): Uid {
  return { type, id };
}

/** The action's entity with the groups that it is in. */
function withGroups(declared: Declared, action: DeclaredAction): EntityJson[] {
  const found = new Map<string, EntityJson>();
  const open: Pick<DeclaredAction, 'uid' | 'memberOf'>[] = [action];
  for (const { uid, memberOf } of open) {
    if (found.has(keyOf(uid))) continue;
    found.set(keyOf(uid), { uid, attrs: {}, parents: [...memberOf] });
    const groups = [...declared.actions.values()].filter((one) =>
      memberOf.some((group) => keyOf(group) === keyOf(one.uid)),
    );
    open.push(...groups);
  }
  return [...found.values()];
}
