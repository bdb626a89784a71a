/** What a save of the workspace's settings sends. Pure. */
import { changed } from '@/lib/kernel/defined';
import { environments } from '@/lib/kernel/environments';
import { type FloorKind, withFloor } from '../../floors';
import type { TierFloors, WorkspaceSettings } from '../../schema';

/** What the form holds. */
export interface WorkspaceDraft {
  name: string;
  timeZone: string;
  settings: WorkspaceSettings;
}

const kinds: FloorKind[] = ['irreversible', 'external_communication'];

/**
 * Floors are taken with both kinds, and those of the environments together: beside what was
 * changed stands what is known to hold `now`, not what held when the form began.
 */
function floorChanges(began: TierFloors, draft: TierFloors, now: TierFloors) {
  let floors = now;
  let own = false;
  for (const kind of kinds) {
    if (draft[kind] !== began[kind]) floors = withFloor(floors, null, kind, draft[kind]);
    for (const environment of environments) {
      const floor = draft.environments[environment]?.[kind];
      if (floor === began.environments[environment]?.[kind]) continue;
      floors = withFloor(floors, environment, kind, floor ?? null);
      own = true;
    }
  }
  if (floors === now) return {};
  const { environments: all, ...ofWorkspace } = floors;
  return { tierFloors: own ? { ...ofWorkspace, environments: all } : ofWorkspace };
}

/**
 * The body of the PATCH: only what differs from what the form began with, so that what another
 * admin changed meanwhile stays. `now` is the workspace as it is known now.
 */
export function changesOf(began: WorkspaceDraft, draft: WorkspaceDraft, now: WorkspaceDraft) {
  const { settings: was, ...named } = began;
  const { settings, ...rename } = draft;
  const { tierFloors: wasFloors, ...wasOthers } = was;
  const { tierFloors: floors, ...others } = settings;
  const changes = {
    ...changed(wasOthers, others),
    ...floorChanges(wasFloors, floors, now.settings.tierFloors),
  };
  return {
    ...changed(named, rename),
    ...(Object.keys(changes).length === 0 ? {} : { settings: changes }),
  };
}
