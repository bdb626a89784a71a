/**
 * Policies by the entities that their scopes name, so that a decision looks at those that can
 * match and no others: first by action, then by principal or, where that is open, by resource.
 */
import type { Found, Subjects } from './entities';
import type { Constraint, Scope } from './scope';
import { UidMap } from './uid-map';
import type { EntityUid } from './values';

/** What of a scope the index has decided of every policy that it finds. */
export function indexedBy({ principal, resource }: Scope): 'principal' | 'resource' | undefined {
  if (principal.equals ?? principal.within) return 'principal';
  return (resource.equals ?? resource.within) ? 'resource' : undefined;
}

export class PolicyIndex<T> {
  private readonly anyAction = new Slice<T>();
  private readonly byAction = new Anchors<Slice<T>>();

  add(scope: Scope, policy: T): void {
    const { action } = scope;
    if (!action) this.anyAction.add(scope, policy);
    else if ('equals' in action) this.slice(this.byAction.equal, action.equals).add(scope, policy);
    else for (const uid of action.within) this.slice(this.byAction.within, uid).add(scope, policy);
  }

  /**
   * Lists of policies, all that can match and few that cannot. A policy is in several where its
   * scope lists several actions that the request's action is in.
   */
  matching(subjects: Subjects): readonly (readonly T[])[] {
    const found: T[][] = [];
    this.anyAction.collect(subjects, found);
    const slices: Slice<T>[] = [];
    this.byAction.collect(subjects.action, slices);
    for (const slice of slices) slice.collect(subjects, found);
    return found;
  }

  private slice(slices: UidMap<Slice<T>>, uid: EntityUid): Slice<T> {
    const known = slices.get(uid);
    if (known) return known;
    const slice = new Slice<T>();
    slices.set(uid, slice);
    return slice;
  }
}

/** Policies of one action. */
class Slice<T> {
  private readonly byPrincipal = new Anchors<T[]>();
  private readonly byResource = new Anchors<T[]>();
  private readonly rest: T[] = [];

  add(scope: Scope, policy: T): void {
    const by = indexedBy(scope);
    if (by === 'principal') append(this.byPrincipal, scope.principal, policy);
    else if (by === 'resource') append(this.byResource, scope.resource, policy);
    else this.rest.push(policy);
  }

  collect({ principal, resource }: Subjects, found: T[][]): void {
    this.byPrincipal.collect(principal, found);
    this.byResource.collect(resource, found);
    if (this.rest.length > 0) found.push(this.rest);
  }
}

function append<T>(anchors: Anchors<T[]>, { equals, within }: Constraint, policy: T): void {
  const [map, uid] = equals ? [anchors.equal, equals] : [anchors.within, within];
  if (!uid) return;
  const known = map.get(uid);
  if (known) known.push(policy);
  else map.set(uid, [policy]);
}

/** What is kept for an entity itself, and what is kept for all that are in one. */
class Anchors<T> {
  readonly equal = new UidMap<T>();
  readonly within = new UidMap<T>();

  collect({ uid, entity }: Found, found: T[]): void {
    const equal = this.equal.get(uid);
    if (equal !== undefined) found.push(equal);
    if (this.within.empty) return;
    const own = this.within.get(uid);
    if (own !== undefined) found.push(own);
    if (!entity) return;
    for (const ancestor of entity.ancestors) {
      const kept = this.within.get(ancestor);
      if (kept !== undefined) found.push(kept);
    }
  }
}
