import { covers } from '@/lib/domains/classification';
import { inTenant } from '@/lib/infra/pg';
import { newId } from '@/lib/kernel/ids';
import { sealedSource } from './execute';
import { executor } from './executor';
import { dataOf } from './snapshot/data';
import { type Parts, readParts } from './snapshot/rows';
import { validatorOf } from './snapshot/validator';
import type { ActionError, Ended } from './tool/outcome';
import { runAtTool } from './tool/run';

const needed = ['workspace', 'agents', 'tools', 'actionTypes', 'dataLinks', 'secrets'] as const;

export interface Read {
  agent: string;
  type: string;
  parameters: Record<string, unknown>;
}

/**
 * Does a read that an agent did once more at its tool, for a person to compare. Only what has
 * no effect but read is sent, only what the agent's clearance covers, and what comes is handled
 * by its classification. Records nothing: that is for whoever asks to do before. Never throws
 * for what the tool does.
 */
export async function readAgain(workspace: string, read: Read): Promise<Ended> {
  const { pool, tools } = executor();
  const parts = await inTenant(
    pool,
    workspace,
    (client) => readParts(client, needed) as Promise<Pick<Parts, (typeof needed)[number]>>,
  );
  const stored = parts.actionTypes.find(({ key }) => key === read.type);
  const { type, handle } = stored ? dataOf(parts)(stored) : {};
  const tool = parts.tools.find(({ id }) => id === type?.tool_id);
  if (!type || !tool) return refused('action_type_retired', 'The action type is retired.');
  if (type.effects.length === 0 || type.effects.some((effect) => effect !== 'read')) {
    return refused('not_a_read', 'It does more than read, so it is not repeated.');
  }
  const agent = parts.agents.find(({ id }) => id === read.agent);
  if (!agent || !covers(agent.clearance, type.classification)) {
    return refused(
      'clearance',
      `It gives ${type.classification} data, above the agent's clearance.`,
    );
  }
  if (validatorOf(type.parameters)(read.parameters).length > 0) {
    return refused('parameters', 'It takes other parameters by now.');
  }
  return runAtTool(tools, sealedSource(pool, workspace, parts), {
    ...{ actionId: newId('req'), type, tool, parameters: read.parameters, handle },
  });
}

function refused(code: string, message: string): Ended {
  const error: ActionError = { code, message };
  return { outcome: 'failed', durationMs: 0, error };
}
