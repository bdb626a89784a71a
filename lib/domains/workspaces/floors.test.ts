import { describe, expect, it } from 'vitest';
import { ownFloorWords, withFloor } from './floors';
import { tierFloors, workspaceSettings } from './schema';

const floors = tierFloors.parse({ irreversible: 3, external_communication: 2 });

describe('floors of a form', () => {
  it('are set for one place at a time, and are inherited again when taken away', () => {
    const staging = withFloor(floors, 'staging', 'irreversible', 2);
    expect(staging).toEqual({ ...floors, environments: { staging: { irreversible: 2 } } });
    const both = withFloor(staging, 'staging', 'external_communication', 1);
    expect(ownFloorWords(both)).toBe('staging (irreversible 2, external communication 1)');
    const one = withFloor(both, 'staging', 'irreversible', null);
    expect(one.environments).toEqual({ staging: { external_communication: 1 } });
    expect(withFloor(one, 'staging', 'external_communication', null)).toEqual(floors);
    expect(ownFloorWords(floors)).toBeNull();
  });

  it('of the workspace cannot be taken away', () => {
    expect(withFloor(floors, null, 'irreversible', null)).toEqual(floors);
    expect(withFloor(floors, null, 'irreversible', 1).irreversible).toBe(1);
  });
});

describe('stored settings', () => {
  it('from before environments had floors are read, and mean the same everywhere', () => {
    const old = { tierFloors: { irreversible: 2, external_communication: 3 } };
    expect(workspaceSettings.parse(old).tierFloors).toEqual({
      ...old.tierFloors,
      environments: {},
    });
  });

  it.each([
    { staging: {} },
    { staging: { irreversible: 4 } },
    { staging: { financial: 2 } },
    { moon: { irreversible: 2 } },
  ])('refuse %j', (environments) => {
    expect(tierFloors.safeParse({ ...floors, environments }).success).toBe(false);
  });
});
