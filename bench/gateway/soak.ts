/**
 * The gateway under load while its policies change all the time, so that Cedar parses and
 * validates new ones between decisions: `npm run bench -- soak --seconds=300`. What is asked
 * for is that nothing crashes and nothing is answered or recorded otherwise than succeeded.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { BenchOptions } from '../options';
import { settled } from './bench';
import { round } from './load';
import { onStage } from './stage';

const CONNECTIONS = 16;
const EACH_MS = 50;

export function run({ seconds }: BenchOptions): Promise<unknown> {
  return onStage(async ({ owner, workspace, url, token, session, gateway }) => {
    const over = new AbortController();
    let changes = 0;
    const changing = async (): Promise<void> => {
      while (!over.signal.aborted) {
        // No step of the ladder comes down to what is asked for, so every action stays tier 1.
        const autonomous = 100 + changes / 100;
        await owner.query(
          `UPDATE permissions SET ladder = ladder || jsonb_build_object('autonomous', $2::numeric,
                  'supervised', $2::numeric + 100, 'gated', $2::numeric + 200), updated_at = now()
            WHERE workspace_id = $1`,
          [workspace, autonomous],
        );
        await owner.query('TRUNCATE outbox');
        changes += 1;
        await wait(EACH_MS);
      }
    };
    const changer = changing();
    const load = { connections: CONNECTIONS, duration: seconds, token, session };
    const { answers } = await round(`${url}/v1/actions`, load).finally(() => over.abort());
    await changer;
    const crashed = gateway.exitCode !== null || gateway.signalCode !== null;
    const recorded = await settled(owner, workspace);
    const { rows } = await owner.query<{ versions: number }>(
      'SELECT count(DISTINCT policy_version)::int AS versions FROM actions WHERE workspace_id = $1',
      [workspace],
    );
    const result = {
      node: process.version,
      seconds,
      answers,
      changes,
      policyVersions: rows[0]?.versions,
      recorded,
      crashed,
    };
    console.log(result);
    if (crashed || recorded.actions !== recorded.succeeded) throw new Error('the soak failed');
    return result;
  });
}
