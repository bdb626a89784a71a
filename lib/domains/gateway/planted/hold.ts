/**
 * What holding an earlier action again would write, with other parameters: decided, routed,
 * shown and digested by the same code as what an agent proposes, so that the two cannot be told
 * apart. Writes nothing and runs nothing; loads Cedar.
 */
import { type Client, inTenant, type Pool } from '@/lib/infra/pg';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { Problem } from '@/lib/kernel/problem';
import type { ActionRow } from '../action';
import { Limits } from '../limits';
import { decide, type Question } from '../pipeline/decide';
import { prepare } from '../pipeline/record';
import { currentParts } from '../replay/parts';
import type { ActionRequest } from '../schema';
import type { Session } from '../sessions';
import { readParts } from '../snapshot/rows';
import { buildSnapshot, type Snapshot } from '../snapshot/snapshot';

/** The texts that the recorder takes: of the action, and of what its approver is shown. */
export interface Again {
  id: string;
  action: string;
  approval: string;
}

/** An earlier action and the parameters to hold it with. */
export interface Wanted {
  source: string;
  parameters: Record<string, unknown>;
}

type Source = Pick<
  ActionRow,
  'agent_id' | 'session_id' | 'on_behalf_of' | 'type' | 'summary' | 'why' | 'address'
> & {
  evidence: ActionRequest['evidence'];
  untrusted: string[];
  initiator: Record<string, unknown>;
  attributes: Record<string, unknown>;
};

/** The first of these that would be held now, by an agent that may act; undefined when none would. */
export async function holdAgain(
  pool: Pool,
  ctx: Context,
  wanted: readonly Wanted[],
): Promise<{ chosen: Wanted; again: Again } | undefined> {
  return inTenant(pool, ctx.workspace, async (client) => {
    const parts = await currentParts(client);
    const snapshot = buildSnapshot({ ...parts, ...(await readParts(client, ['routes'])) });
    for (const chosen of wanted) {
      const source = await readSource(client, chosen.source);
      const again = source && holdOne(ctx, snapshot, source, chosen);
      if (again) return { chosen, again };
    }
    return undefined;
  });
}

function holdOne(
  ctx: Context,
  snapshot: Snapshot,
  source: Source,
  { parameters }: Wanted,
): Again | undefined {
  const agent = snapshot.agents.get(source.agent_id);
  if (agent?.state !== 'active') return undefined;
  const { type, summary, why, evidence, untrusted } = source;
  const question: Question = {
    ...{ snapshot, agent, user: source.on_behalf_of, address: source.address },
    session: sessionOf(snapshot.workspace, source),
    request: {
      ...{ session: source.session_id, action: type, parameters },
      ...{ summary, why, evidence, untrusted },
    },
    // Counts for nobody: no agent did it.
    limits: new Limits(),
    now: clock.now().getTime(),
  };
  try {
    const decision = decide(question);
    if (decision.decision !== 'hold') return undefined;
    const proposal = { ctx, key: newId('key'), requestHash: '' };
    const { row, write } = prepare(proposal, question, decision);
    if (write.action === undefined || write.approval === undefined) return undefined;
    return { id: row.id, action: write.action, approval: write.approval };
  } catch (error) {
    // What does not fit the schema, or the type that is gone, would not be held.
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

function sessionOf(workspace: string, source: Source): Session {
  return {
    ...{ id: source.session_id, workspace, agentId: source.agent_id },
    ...{ initiator: source.initiator, attributes: source.attributes },
    ...{ canary: '', ended: false, expiresAt: Number.POSITIVE_INFINITY },
  };
}

async function readSource(client: Client, id: string): Promise<Source | undefined> {
  const { rows } = await client.query<Source>(
    `SELECT a.agent_id, a.session_id, a.on_behalf_of, a.type, a.summary, a.why, a.evidence,
            a.untrusted, a.address, s.initiator, s.attributes
       FROM actions a JOIN sessions s ON s.id = a.session_id
      WHERE a.id = $1 AND a.asked_by IS NULL`,
    [id],
  );
  return rows[0];
}
