import { newDataKey } from '@/lib/infra/crypto';
import { hashPassword } from '@/lib/infra/password';
import { db, type Tx } from '@/lib/infra/db';
import { jobContext } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { conflict } from '@/lib/kernel/problem';
import { query, verb } from '@/lib/kernel/verb';
import {
  mayCreateWorkspace,
  mayEndSecondAdmin,
  mayRead,
  mayUpdateWorkspace,
  SETUP_JOB,
} from '../policy';
import { linkEnded, noWorkspace } from '../errors';
import {
  anyWorkspace,
  holdWorkspace,
  loadWorkspace,
  lockSetup,
  takeSetupOffer,
  workspaceIds,
} from '../repo';
import {
  createWorkspaceInput,
  empty,
  memberView,
  updateWorkspaceInput,
  workspaceSettings,
  type WorkspaceSettings,
  workspaceView,
} from '../schema';
import { insertMember } from './insert-member';
import { viewMember, viewWorkspace } from './views';

export const getWorkspace = query({
  name: 'workspace.get',
  input: empty,
  output: workspaceView,
  permit: mayRead,
  run: async ({ ctx, tx }) => viewWorkspace(await loadWorkspace(tx), ctx.actor),
});

/** Changes name, time zone or any of the settings; settings not named stay, and so do the environments' floors. */
export const updateWorkspace = verb({
  name: 'workspace.update',
  input: updateWorkspaceInput,
  output: workspaceView,
  permit: mayUpdateWorkspace,
  run: async ({ ctx, input, tx, event }) => {
    const old = await holdWorkspace(tx);
    const before = workspaceSettings.parse(old.settings);
    const row = await tx.workspace.update({
      where: { id: old.id },
      data: {
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.timeZone === undefined ? {} : { timeZone: input.timeZone }),
        settings: {
          ...before,
          ...input.settings,
          tierFloors: { ...before.tierFloors, ...input.settings?.tierFloors },
        },
      },
    });
    event({
      type: 'workspace.updated',
      object: { type: 'workspace', id: row.id },
      data: {
        before: { name: old.name, time_zone: old.timeZone, settings: before },
        after: {
          name: row.name,
          time_zone: row.timeZone,
          settings: workspaceSettings.parse(row.settings),
        },
      },
    });
    return viewWorkspace(row, ctx.actor);
  },
});

/**
 * Ends that a second admin is asked for, for the operator: two admins end it by a draft, and of
 * a workspace that has no two any more nobody in it can. 409 when it is not asked for.
 */
const end = verb({
  name: 'workspace.end_second_admin',
  input: empty,
  output: workspaceView,
  permit: mayEndSecondAdmin,
  run: async ({ ctx, tx, event }) => {
    const old = await holdWorkspace(tx);
    const before = workspaceSettings.parse(old.settings);
    if (!before.secondAdminWidens) {
      throw conflict('not_asked_for', 'This workspace asks for no second admin.');
    }
    const settings = { ...before, secondAdminWidens: false };
    const row = await tx.workspace.update({ where: { id: old.id }, data: { settings } });
    event({
      type: 'workspace.updated',
      object: { type: 'workspace', id: row.id },
      data: { before: { settings: before }, after: { settings } },
    });
    return viewWorkspace(row, ctx.actor);
  },
});

/** See `end`; 404 for a workspace that is not there. */
export async function endSecondAdmin(workspace: string): Promise<void> {
  if (!(await workspaceIds(db())).includes(workspace)) throw noWorkspace(workspace);
  await end(jobContext(workspace, SETUP_JOB), {});
}

const create = verb({
  name: 'workspace.create',
  input: createWorkspaceInput,
  output: memberView,
  permit: mayCreateWorkspace,
  run: async ({ ctx, input, tx, event }) => {
    // Two setups at once must not both find that there is none.
    await lockSetup(tx);
    const offer = input.offer === undefined ? undefined : await takeSetupOffer(tx, input.offer);
    if (input.offer !== undefined && !offer) throw linkEnded('setup');
    if (ctx.actor.id === SETUP_JOB && !offer?.further && (await anyWorkspace(tx))) {
      throw offer
        ? linkEnded('setup')
        : conflict('already_set_up', 'Countersign is set up already. Sign in.');
    }
    await tx.workspace.create({
      data: {
        id: ctx.workspace,
        name: input.name,
        demo: input.demo,
        timeZone: input.timeZone,
        settings: workspaceSettings.parse({}),
        dataKey: newDataKey(ctx.workspace),
      },
    });
    event({
      type: 'workspace.created',
      object: { type: 'workspace', id: ctx.workspace },
      data: { after: { name: input.name, time_zone: input.timeZone, demo: input.demo } },
    });
    const admin = await insertMember(tx, event, {
      workspaceId: ctx.workspace,
      name: input.admin.name,
      email: input.admin.email,
      roles: ['admin'],
      passwordHash: await hashPassword(input.admin.password),
    });
    return viewMember(admin, ctx.actor);
  },
});

interface NewWorkspace {
  /** Chosen beforehand by who must find it again after a crash. */
  id?: string;
  name: string;
  timeZone?: string;
  demo?: boolean;
  /** The nonce of the link that it is made by, which works once. */
  offer?: string;
}

/**
 * Makes a workspace with its first admin. `job` is who does it: by default the setup, which
 * works only while there is no workspace (409 already_set_up), except by a link that was offered
 * for a further one (410 once it has ended); `demo.seed` may make more.
 */
export async function createWorkspace(
  { id = newId('ws'), ...workspace }: NewWorkspace,
  admin: { name: string; email: string; password: string },
  job: string = SETUP_JOB,
): Promise<{ workspace: string; member: string }> {
  const ctx = {
    workspace: id,
    actor: { type: 'job', id: job } as const,
    requestId: newId('req'),
  };
  const member = await create(ctx, { ...workspace, admin });
  return { workspace: id, member: member.id };
}

/** The settings of the transaction's workspace. */
export async function readSettings(tx: Tx): Promise<WorkspaceSettings> {
  return workspaceSettings.parse((await loadWorkspace(tx)).settings);
}

/** The time zone in which the transaction's workspace closes its days. */
export async function readTimeZone(tx: Tx): Promise<string> {
  return (await loadWorkspace(tx)).timeZone;
}
