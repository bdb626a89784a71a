import { afterAll, beforeAll, vi } from 'vitest';
import { logger } from '@/lib/infra/logger';
import { type TestClickHouse, startTestClickHouse } from '@/lib/infra/testing/clickhouse';
import { feedWorkspace } from '../search/clickhouse/feed';
import { prepareTables } from '../search/clickhouse/tables';
import { copying } from './world';

/** Copies all that waits of a workspace. */
export async function copyAll(workspace: string): Promise<void> {
  while (await feedWorkspace(workspace));
}

interface Through {
  server: () => TestClickHouse;
  /** What was logged where a search was answered without ClickHouse. */
  fellBack: () => unknown[][];
}

/**
 * A suite whose searches go through ClickHouse. `copies` says after which of the times that
 * something happened it is copied; what is not is found in the trail.
 */
export function throughClickHouse(copies: (time: number) => boolean = () => true): Through {
  let server: TestClickHouse | undefined;
  let warned: unknown[][] = [];
  const { copy } = copying;
  beforeAll(async () => {
    server = await startTestClickHouse();
    await prepareTables();
    let times = 0;
    copying.copy = async (workspace) => {
      times += 1;
      if (copies(times)) await copyAll(workspace);
    };
    warned = vi.spyOn(logger, 'warn').mock.calls;
  });
  afterAll(async () => {
    copying.copy = copy;
    await server?.stop();
  });
  return {
    server: () => {
      if (!server) throw new Error('ClickHouse has not started');
      return server;
    },
    fellBack: () => warned.filter(([, message]) => String(message).includes('ClickHouse')),
  };
}
