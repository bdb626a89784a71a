import type { OutputHandler } from '@/lib/domains/classification/server';
import { logger } from '@/lib/infra/logger';
import { cohort } from '../cohort';
import type { ActionTypeRow, ToolRow } from '../snapshot/rows';
import type { ToolClient } from './client';
import { type Sealed, openSecret } from './credentials';
import { type Ended, outcomeOf } from './outcome';
import { toolRequest } from './request';

/** The current version of a tool's secret, read anew when `fresh`; undefined when there is none. */
export type CredentialSource = (
  secretId: string,
  fresh: boolean,
) => Sealed | undefined | Promise<Sealed | undefined>;

export interface Run {
  actionId: string;
  type: Pick<ActionTypeRow, 'method' | 'path_template' | 'effects'>;
  tool: ToolRow;
  parameters: Record<string, unknown>;
  /** What is done to the result before it is stored or answered. */
  handle?: OutputHandler | undefined;
}

/** Carries an action out at its HTTP tool. Never throws. */
export async function runAtTool(
  client: ToolClient,
  credentials: CredentialSource,
  run: Run,
): Promise<Ended> {
  const { tool, type, actionId, handle } = run;
  try {
    let sent = await send(client, credentials, run, false);
    // 401 says that nothing was executed: the secret may have been rotated a moment ago.
    if (sent.answer.status === 401 && tool.auth.type !== 'none') {
      const current = await sealedFor(tool, credentials, true);
      if (current.versionId !== sent.version) sent = await send(client, credentials, run, true);
    }
    const ended = outcomeOf(sent.answer, {
      readOnly: !type.effects.some(changes),
      credential: sent.credential,
      handled: handle !== undefined,
    });
    return handle ? handled(ended, handle) : ended;
  } catch (error) {
    logger.error({ err: error, action: actionId, tool: tool.id }, 'no credential for a tool');
    return {
      outcome: 'failed',
      durationMs: 0,
      error: {
        code: 'credential_unavailable',
        message: 'The credential of the tool could not be read, so nothing was sent. Ask an admin.',
      },
    };
  }
}

/** How it ended with its result handled; a result that cannot be handled is left out. */
function handled(ended: Ended, handle: OutputHandler): Ended {
  if (ended.result === undefined) return ended;
  try {
    return { ...ended, result: handle(ended.result) };
  } catch (error) {
    logger.error({ err: error }, 'a result could not be handled by its classification');
    return {
      ...ended,
      result: { omitted: 'the answer could not be handled by its classification' },
    };
  }
}

function changes(effect: ActionTypeRow['effects'][number]): boolean {
  return effect !== 'read';
}

/** One request with the secret's version at hand, or with the one read anew. */
async function send(
  client: ToolClient,
  credentials: CredentialSource,
  { tool, type, parameters, actionId }: Run,
  fresh: boolean,
) {
  const sealed = tool.auth.type === 'none' ? undefined : await sealedFor(tool, credentials, fresh);
  const credential = sealed && openSecret(sealed);
  const request = toolRequest(type, tool, parameters, credential, actionId);
  // The vault sees to it when either changes; this is for what changed them behind its back.
  if (sealed?.origin && sealed.origin !== request.origin) {
    throw new Error(`the secret of tool ${tool.id} was given for ${sealed.origin}`);
  }
  const answer = await client.call(request, tool.timeout_ms);
  await cohort();
  return { answer, credential, version: sealed?.versionId };
}

async function sealedFor(
  tool: ToolRow,
  credentials: CredentialSource,
  fresh: boolean,
): Promise<Sealed> {
  const sealed = tool.secret_id === null ? undefined : await credentials(tool.secret_id, fresh);
  if (!sealed) throw new Error(`tool ${tool.id} has no current secret`);
  return sealed;
}

/** How long a running action may take before it counts as lost: its tool's time twice, and some. */
export function deadlineAfter(start: Date, tool: Pick<ToolRow, 'timeout_ms'>): Date {
  return new Date(start.getTime() + 2 * tool.timeout_ms + 30_000);
}
