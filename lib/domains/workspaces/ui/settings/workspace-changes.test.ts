import { describe, expect, it } from 'vitest';
import { withFloor } from '../../floors';
import { updateWorkspaceInput, workspaceSettings } from '../../schema';
import { changesOf, type WorkspaceDraft } from './workspace-changes';

const began: WorkspaceDraft = {
  name: 'Harbour Goods',
  timeZone: 'UTC',
  settings: workspaceSettings.parse({}),
};
const but = (settings: Partial<WorkspaceDraft['settings']>): WorkspaceDraft => ({
  ...began,
  settings: { ...began.settings, ...settings },
});
const { tierFloors: floors } = began.settings;

describe('what a save of the settings sends', () => {
  it('is nothing where nothing was changed', () => {
    expect(changesOf(began, but({}), began)).toEqual({});
  });

  it('is what was changed, and nothing of what another admin changed meanwhile', () => {
    const theirs = but({ signing: 'passkey', secondAdminWidens: true, sampleSize: 5 });
    const draft = { ...but({ reviewDueHours: 48 }), timeZone: 'Europe/Berlin' };
    const body = changesOf(began, draft, theirs);
    expect(body).toEqual({ timeZone: 'Europe/Berlin', settings: { reviewDueHours: 48 } });
    expect(updateWorkspaceInput.parse(body)).toEqual(body);
  });

  it('has the floors beside a changed one as they are now', () => {
    const ours = but({ tierFloors: withFloor(floors, null, 'external_communication', 3) });
    const theirs = but({
      tierFloors: withFloor(
        withFloor(floors, null, 'irreversible', 2),
        ...(['staging', 'irreversible', 1] as const),
      ),
    });
    const body = changesOf(began, ours, theirs);
    // Floors of environments are not named, so the server's stay.
    expect(body).toEqual({
      settings: { tierFloors: { irreversible: 2, external_communication: 3 } },
    });
    expect(updateWorkspaceInput.parse(body)).toEqual(body);
  });

  it("has the other environments' floors as they are now where one's was changed", () => {
    const staging = withFloor(floors, 'staging', 'irreversible', 1);
    const both = withFloor(staging, 'production', 'external_communication', 3);
    const theirs = but({ tierFloors: withFloor(staging, 'development', 'irreversible', 2) });
    const body = changesOf(but({ tierFloors: staging }), but({ tierFloors: both }), theirs);
    expect(body.settings?.tierFloors).toEqual({
      ...floors,
      environments: {
        staging: { irreversible: 1 },
        development: { irreversible: 2 },
        production: { external_communication: 3 },
      },
    });
    const away = changesOf(but({ tierFloors: staging }), began, theirs);
    expect(away.settings?.tierFloors).toEqual({
      ...floors,
      environments: { development: { irreversible: 2 } },
    });
    expect(updateWorkspaceInput.parse(away)).toEqual(away);
  });
});
