import type { Actor } from './actor';
import { newId } from './ids';

/** What every verb is called with: the workspace, who acts, and the request it belongs to. */
export interface Context {
  readonly workspace: string;
  readonly actor: Actor;
  readonly requestId: string;
}

/** The context of a job that works on one workspace. */
export function jobContext(workspace: string, job: string): Context {
  return { workspace, actor: { type: 'job', id: job }, requestId: newId('req') };
}
