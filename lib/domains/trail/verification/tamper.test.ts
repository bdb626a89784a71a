import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { leafHash } from '../merkle';
import { type OwnDatabase, ownDatabase } from '../test/own-database';
import { load, memberContext } from '../test/world';
import { verifyNow } from './service';

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own?.stop());

const EVENTS = 600;
const BATCH = 100;

/** A log of 600 events, which fill two tiles, in checkpoints of a hundred each. */
async function logOf600(): Promise<string> {
  const workspace = newId('ws');
  for (let at = 0; at < EVENTS; at += BATCH) await append(workspace, at, BATCH);
  return workspace;
}

async function append(workspace: string, from: number, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, n) => ({
    type: 'test.happened',
    outcome: 'allow' as const,
    data: { n: `<${from + n}>` },
  }));
  await load(workspace, ...events);
}

type Change = [sql: string, ...values: unknown[]];

/** Changes the trail as its administrator; every statement must find something to change. */
async function tamper(workspace: string, ...changes: Change[]): Promise<void> {
  for (const [sql, ...values] of changes) {
    const { rowCount } = await own.administrator.query(sql, [workspace, ...values]);
    expect([sql, rowCount]).not.toEqual([sql, 0]);
  }
}

const where = 'workspace_id = $1 AND idx = $2';
const copied = `workspace_id, %, type, actor_type, actor_id, on_behalf_of, agent_id, session_id, action_id,
  action_type, object_type, object_id, outcome, tier, classification, summary, leaf_hash, body, search`;
const insertCopy = (index: string) =>
  `INSERT INTO events (${copied.replace('%', 'idx, id, time')})
   SELECT ${copied.replace('%', `${index}, id || 'x', time + interval '1 ms'`)} FROM events WHERE ${where}`;

/** Body and leaf hash together, so that the event by itself is right. */
async function forge(workspace: string, index: number): Promise<void> {
  const { rows } = await own.administrator.query<{ body: string }>(
    `SELECT body FROM events WHERE ${where}`,
    [workspace, index],
  );
  const body = (rows[0]?.body ?? '').replace(`<${index}>`, '<-->');
  await tamper(workspace, [
    `UPDATE events SET body = $3, leaf_hash = $4 WHERE ${where}`,
    index,
    body,
    leafHash(body),
  ]);
}

const swapped = (one: number, other: number): Change[] => [
  [`UPDATE events SET idx = 9999 WHERE ${where}`, one],
  [`UPDATE events SET idx = ${one} WHERE ${where}`, other],
  [`UPDATE events SET idx = ${other} WHERE ${where}`, 9999],
];

const rolledBack = (size: number, tiles: number): Change[] => [
  ['DELETE FROM events WHERE workspace_id = $1 AND idx >= $2', size],
  ['DELETE FROM checkpoints WHERE workspace_id = $1 AND size > $2', size],
  ['DELETE FROM tiles WHERE workspace_id = $1 AND idx >= $2', tiles],
];

const cases: [string, Change[] | ((workspace: string) => Promise<void>), number, string][] = [
  [
    'one byte of a body',
    [[`UPDATE events SET body = replace(body, '<41>', '<42>') WHERE ${where}`, 41]],
    41,
    'hash',
  ],
  [
    'one byte of a leaf hash',
    [
      [
        `UPDATE events SET leaf_hash = set_byte(leaf_hash, 7, get_byte(leaf_hash, 7) # 1) WHERE ${where}`,
        599,
      ],
    ],
    599,
    'hash',
  ],
  ['a body together with its hash', (w) => forge(w, 341), 341, 'neither its tile'],
  ['the same where no tile is full yet', (w) => forge(w, 555), 500, 'events 500 to 599'],
  ['a column', [[`UPDATE events SET actor_id = 'somebody' WHERE ${where}`, 5]], 5, 'actor_id'],
  ['a column to nothing', [[`UPDATE events SET outcome = NULL WHERE ${where}`, 6]], 6, 'outcome'],
  ['a column from nothing', [[`UPDATE events SET tier = 3 WHERE ${where}`, 7]], 7, 'tier'],
  ['the time', [[`UPDATE events SET time = time + interval '1 ms' WHERE ${where}`, 8]], 8, 'time'],
  ['an event deleted', [[`DELETE FROM events WHERE ${where}`, 2]], 2, 'missing'],
  ['two events swapped', swapped(3, 4), 3, 'neither its tile'],
  ['two of different checkpoints swapped', swapped(99, 100), 99, 'neither its tile'],
  ['an event inserted between', [[insertCopy('7'), 6]], 7, 'two events at index 7'],
  ['an event inserted at the end', [[insertCopy('600'), 6]], 600, 'No checkpoint'],
  [
    'the tail cut off',
    [['DELETE FROM events WHERE workspace_id = $1 AND idx >= $2', 570]],
    570,
    'ends at 570',
  ],
  [
    'the tail cut off with its checkpoints',
    rolledBack(500, 1).slice(0, 2),
    500,
    'earlier verification says 600',
  ],
  ['a rollback to an old checkpoint', rolledBack(200, 0), 200, 'earlier verification says 600'],
  ['everything deleted', rolledBack(0, 0), 0, 'earlier verification says 600'],
  [
    'a tile replaced',
    [
      [
        'UPDATE tiles SET hashes = set_byte(hashes, 32 * 9, get_byte(hashes, 32 * 9) # 1) WHERE workspace_id = $1 AND level = 0 AND idx = $2',
        1,
      ],
    ],
    265,
    'tile 1',
  ],
  [
    "a tile's root",
    [
      [
        'UPDATE tiles SET root = set_byte(root, 0, get_byte(root, 0) # 1) WHERE workspace_id = $1 AND idx = $2',
        1,
      ],
    ],
    256,
    'another root',
  ],
  [
    'a tile deleted',
    [['DELETE FROM tiles WHERE workspace_id = $1 AND idx = $2', 0]],
    0,
    'tile 0 of level 0 is missing',
  ],
  [
    'a tile too many',
    [
      [
        `INSERT INTO tiles SELECT workspace_id, level, 2, hashes, root FROM tiles WHERE ${where}`,
        1,
      ],
    ],
    600,
    'not there',
  ],
  [
    'a checkpoint deleted',
    [['DELETE FROM checkpoints WHERE workspace_id = $1 AND size = $2', 300]],
    200,
    'missing',
  ],
  [
    "a checkpoint's root",
    [['UPDATE checkpoints SET root = sha256(root) WHERE workspace_id = $1 AND size = $2', 300]],
    200,
    'size 300',
  ],
  [
    "a checkpoint's text",
    [
      [
        `UPDATE checkpoints SET note = replace(note, E'\\n300\\n', E'\\n301\\n') WHERE workspace_id = $1 AND size = $2`,
        300,
      ],
    ],
    200,
    'not genuine',
  ],
  [
    "a checkpoint's signature",
    [
      [
        `UPDATE checkpoints SET note = regexp_replace(note, '(.{20})(.)(.*)$', '\\1' || CASE WHEN '\\2' = 'A' THEN 'B' ELSE 'A' END || '\\3', 'n') WHERE workspace_id = $1 AND size = $2`,
        300,
      ],
    ],
    200,
    'not genuine',
  ],
  [
    'a signing key of their own',
    [
      [
        `INSERT INTO signing_keys SELECT workspace_id, 2, 300, split_part(note, E'\\n', 1) || '+00000000+AQAA', '', 'evt_x' FROM checkpoints WHERE workspace_id = $1 AND size = $2`,
        300,
      ],
    ],
    299,
    'signing key',
  ],
];

describe('an administrator who changes', () => {
  it.each(cases)('%s is found, with the index', async (_, changes, index, words) => {
    const workspace = await logOf600();
    const auditor = memberContext(workspace, 'auditor');
    expect(await verifyNow(auditor, {})).toMatchObject({ status: 'ok', size: 600, from: 0 });
    if (typeof changes === 'function') await changes(workspace);
    else await tamper(workspace, ...changes);
    const finding = await verifyNow(auditor, { scope: 'all' });
    expect(finding).toMatchObject({ status: 'failed', first_bad: index });
    expect(finding.detail).toContain(words);
    const standing = (await own.failures()).filter((row) => row.workspace_id === workspace);
    expect(standing).toMatchObject([{ scope: 'all', first_bad: String(index) }]);
  });
});
