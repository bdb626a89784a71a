import type { Context } from '@/lib/kernel/context';
import { verifyExport } from '../../offline/verify';
import { load } from '../../test/world';
import { kinds } from '../formats';
import { newTally } from '../formats/tally';
import { exportInput } from '../schema';
import { exportTrail } from '../service/stream';
import { openSource } from '../source';

/** Text that a careless format breaks on. */
export const hostile = [
  '=1+1',
  '+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  'a "quoted", word;\r\nand a new line',
  'back\\slash \\N \\. \\x00',
  'ünïcödé 日本語 🦊 \u2028\u2029 \u0001\u001f\u007f',
  '</script><!-- {"event":1}\n{"manifest":{}}',
  `'; DROP TABLE events; --`,
  'x'.repeat(300_000),
];

/** Events of all kinds of columns, with hostile text in those that take any. */
export async function loadHostile(workspace: string): Promise<void> {
  await load(
    workspace,
    ...hostile.map((text, n) => ({
      type: n % 2 === 0 ? 'action.decided' : 'test.happened',
      object: { type: 'action_type', id: text.slice(0, 100) },
      outcome: n % 3 === 0 ? ('deny' as const) : ('allow' as const),
      ...(n % 2 === 0 ? { tier: (n % 3) + 1 } : {}),
      ...(n % 4 === 0 ? { classification: 'Internal' } : {}),
      data: { summary: text, nested: { [text.slice(0, 50)]: [text.slice(0, 50), n, null, true] } },
    })),
  );
}

export async function exported(ctx: Context, input: object): Promise<Buffer> {
  const response = (await exportTrail(ctx, input)) as Response;
  return Buffer.from(await response.arrayBuffer());
}

/** The same bytes, written by this process: what a format holds does not depend on which one writes it. */
export async function written(workspace: string, input: object = {}): Promise<Buffer> {
  const { format, ...filters } = exportInput.parse(input);
  const source = await openSource(workspace, filters);
  try {
    const pieces: Uint8Array[] = [];
    for await (const piece of kinds[format].write(source, newTally())) pieces.push(piece);
    return Buffer.concat(pieces);
  } finally {
    await source.close();
  }
}

/** What the offline verifier says of a file. */
export function verified(bytes: Uint8Array) {
  return verifyExport({
    size: bytes.length,
    read: async (start, end) => bytes.subarray(start, end),
  });
}

interface Line {
  event: { id: string; type: string; data?: { summary?: string } };
  index: number;
}

/** The lines of events, and the manifest. */
export function linesOf(bytes: Buffer): { lines: Line[]; manifest: Record<string, unknown> } {
  const all = bytes.toString('utf8').trimEnd().split('\n');
  const last = JSON.parse(all.pop() ?? '') as { manifest: Record<string, unknown> };
  return { lines: all.map((line) => JSON.parse(line) as Line), manifest: last.manifest };
}
