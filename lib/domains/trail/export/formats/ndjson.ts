import { createHash } from 'node:crypto';
import { type CopyRow, copyRows } from '@/lib/infra/copy';
import { clock } from '@/lib/kernel/clock';
import { canonicalJson } from '@/lib/kernel/canonical';
import { signatureLine } from '../../checkpoint';
import { type Manifest, manifestText } from '../../offline/schema';
import type { Source } from '../source';
import { Paths } from './paths';
import { indexOf, take, type Format, type Tally } from './tally';

/**
 * Canonical JSON lines: the events' own bytes with their index. In a whole log each has its
 * leaf hash, so that a line which was changed is named and not only noticed; of a choice of
 * events each has the proof that it is in the signed tree. The last line is the signed
 * manifest: without it, a file has been cut off.
 */
export const ndjson: Format = async function* (source, tally) {
  const hash = createHash('sha256');
  const lines = source.whole ? wholeLog(source, tally) : proven(source, tally);
  for await (const chunk of lines) {
    hash.update(chunk);
    yield chunk;
  }
  yield Buffer.from(manifestLine(source, tally, hash.digest('hex')));
};

const HEAD = Buffer.from('{"event":');

async function* wholeLog(source: Source, tally: Tally): AsyncGenerator<Buffer> {
  const batches = source.copy('idx, body, leaf_hash');
  for await (const rows of copyRows(batches)) yield linesOf(rows, tally);
}

/** Puts the bytes together as they are: parsing a log of millions of events would take minutes. */
function linesOf(rows: readonly CopyRow[], tally: Tally): Buffer {
  const tails: string[] = [];
  let length = 0;
  for (const [index, body, leaf] of rows) {
    const at = indexOf(index as Buffer);
    take(tally, at);
    const tail = `,"index":${at},"leaf":"${(leaf as Buffer).toString('base64')}"}\n`;
    tails.push(tail);
    length += HEAD.length + (body as Buffer).length + tail.length;
  }
  const out = Buffer.allocUnsafe(length);
  let at = 0;
  for (const [row, tail] of tails.entries()) {
    const body = rows[row]?.[1] as Buffer;
    out.set(HEAD, at);
    out.set(body, at + HEAD.length);
    at += HEAD.length + body.length;
    at += out.write(tail, at, 'latin1');
  }
  return out;
}

async function* proven(source: Source, tally: Tally): AsyncGenerator<Buffer> {
  const { client, workspace, size } = source;
  const paths = new Paths(client, workspace, size);
  for await (const rows of source.fetch('idx, body')) {
    const lines: string[] = [];
    for (const { idx, body } of rows) {
      const path = await paths.of(Number(idx));
      take(tally, Number(idx));
      lines.push(`{"event":${body},"index":${idx},"proof":{"path":[${path}],"size":${size}}}\n`);
    }
    yield Buffer.from(lines.join(''));
  }
}

/** What the file holds, signed by the newest key as a C2SP note is. */
function manifestLine(source: Source, tally: Tally, sha256: string): string {
  const { workspace, keys } = source;
  const manifest: Manifest = {
    checkpoint: source.checkpoint,
    complete: source.whole,
    count: tally.rows,
    filters: source.filters,
    first: tally.first,
    format: 'ndjson',
    keys: keys.map(({ key, endorsement }) => ({ endorsement, key })),
    last: tally.last,
    made_at: clock.now().toISOString(),
    sha256,
    size: source.size,
    version: 1,
    workspace,
  };
  const version = keys.at(-1)?.version ?? 1;
  const signature = signatureLine(workspace, version, manifestText(manifest)).trimEnd();
  return `${canonicalJson({ manifest, signature })}\n`;
}
