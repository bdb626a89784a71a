import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type World, mintWorld } from '@/lib/infra/testing/world';
import { clock } from '@/lib/kernel/clock';
import { type Context, jobContext } from '@/lib/kernel/context';
import type { NewEvent } from '@/lib/kernel/event';
import { retentionJobs } from '../retention/jobs';
import { drainOutbox } from '../sequencer/run';
import { verifyNow } from '../verification/service';
import { type OwnDatabase, ownDatabase } from './own-database';
import { happened, memberContext } from './world';

type Dated = NewEvent & { time: string };
interface Left {
  idx: number;
  type: string;
  body: string;
}

/**
 * A suite whose present lies seven years and more after what it records: a workspace, and a
 * year that nothing else has, for each test, on a server of its own.
 */
export class RetentionSuite {
  own!: OwnDatabase;
  world!: World;
  admin!: Context;
  auditor!: Context;
  year = 2001;

  constructor() {
    beforeAll(async () => {
      this.own = await ownDatabase();
    });
    afterAll(() => this.own?.stop());
    const { now } = clock;
    beforeEach(async () => {
      this.year += 1;
      clock.now = () => new Date(`${this.year + 7}-06-15T12:00:00Z`);
      await this.anew();
      return () => {
        clock.now = now;
      };
    });
  }

  /** Another workspace to work in. */
  async anew(): Promise<void> {
    this.world = await mintWorld();
    this.admin = memberContext(this.world.workspace, 'admin');
    this.auditor = memberContext(this.world.workspace, 'auditor');
  }

  at(month: string, n: number): string {
    return new Date(Date.parse(`${this.year}-${month}-10T00:00:00Z`) + n * 60_000).toISOString();
  }

  events(type: string, count: number, month = '03', more: Partial<NewEvent> = {}): Dated[] {
    return Array.from({ length: count }, (_, n) => ({
      ...{ type, time: this.at(month, n), data: { n: `word${n}` } },
      ...more,
    }));
  }

  recorded(...given: Dated[]) {
    return happened(jobContext(this.world.workspace, 'test.load'), ...given);
  }

  async run(): Promise<void> {
    await retentionJobs[0]?.perform(this.world.workspace, {});
  }

  sound() {
    return verifyNow(this.auditor, {});
  }

  async left(): Promise<Left[]> {
    const { rows } = await this.own.administrator.query<{
      idx: string;
      type: string;
      body: string;
    }>('SELECT idx, type, body FROM events WHERE workspace_id = $1 ORDER BY idx', [
      this.world.workspace,
    ]);
    return rows.map((row) => ({ ...row, idx: Number(row.idx) }));
  }

  async leftOf(type: string): Promise<number> {
    return (await this.left()).filter((row) => row.type === type).length;
  }

  async said(type: string): Promise<Record<string, unknown>[]> {
    await drainOutbox();
    const found = (await this.left()).filter((row) => row.type === type);
    return found.map(({ body }) => JSON.parse(body).data);
  }

  async exists(table: string): Promise<boolean> {
    const { rows } = await this.own.administrator.query('SELECT to_regclass($1) AS found', [table]);
    return rows[0].found !== null;
  }
}
