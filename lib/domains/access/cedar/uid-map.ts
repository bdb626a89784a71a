import type { EntityUid } from './values';

/** A map by entity: by type and then by id, so that no key has to be put together. */
export class UidMap<T> {
  private readonly types = new Map<string, Map<string, T>>();

  get empty(): boolean {
    return this.types.size === 0;
  }

  get(uid: EntityUid): T | undefined {
    return this.types.get(uid.type)?.get(uid.id);
  }

  set(uid: EntityUid, value: T): void {
    const ids = this.types.get(uid.type);
    if (ids) ids.set(uid.id, value);
    else this.types.set(uid.type, new Map([[uid.id, value]]));
  }

  *values(): Iterable<T> {
    for (const ids of this.types.values()) yield* ids.values();
  }
}
