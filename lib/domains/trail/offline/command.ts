/** `countersign verify`: the verifier on the command line. */
import { open, readFile, stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Anchor } from './anchor';
import { messageOf } from './refusal';
import { counted, type Report, scopeOf } from './report';
import type { Source } from './source';
import { verifyExport } from './verify';

export const verifyUsage = `countersign verify FILE.ndjson [--key KEY] [--checkpoint FILE] [--since FILE] [--witness KEY]

Verifies an NDJSON export of the trail, offline. Exit code 0 when all that was asked for is proved, else 1.

  --key KEY          the log's verifier key as you were given it (name+id+key)
  --checkpoint FILE  a checkpoint of this log from a second place; the file must agree with it
  --since FILE       an earlier checkpoint; the file's log must extend it
  --witness KEY      a witness's verifier key; a checkpoint must carry its cosignature

--checkpoint, --since and --witness may be given more than once.
`;

/** A checkpoint is a few hundred bytes; this is not one. */
const MAX_CHECKPOINT_BYTES = 1024 * 1024;

/** Runs the command; gives the exit code. */
export async function verifyCommand(args: string[]): Promise<number> {
  return reportOn(
    () => optionsOf(args),
    (source, options, onProgress) => verifyExport(source, { ...options, onProgress }),
  );
}

/** Reads a file, shows how far it is, and says what was found of it; the exit code is 0 when all is proved. */
export async function reportOn<Options extends { file: string }>(
  read: () => Promise<Options>,
  verify: (
    source: Source,
    options: Options,
    onProgress: (done: number, total: number) => void,
  ) => Promise<Report>,
): Promise<number> {
  try {
    const options = await read();
    const progress = new Progress();
    const source = await openFile(options.file);
    try {
      const report = await verify(source, options, (done, total) => progress.show(done, total));
      progress.clear();
      process.stdout.write(wordsOf(options.file, report));
      return report.verdict === 'verified' ? 0 : 1;
    } finally {
      progress.clear();
      await source.close();
    }
  } catch (error) {
    process.stderr.write(`${plain(messageOf(error))}\n`);
    return 1;
  }
}

async function optionsOf(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      key: { type: 'string' },
      checkpoint: { type: 'string', multiple: true },
      since: { type: 'string', multiple: true },
      witness: { type: 'string', multiple: true },
    },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) {
    throw new Error(`Name one file to verify.\n\n${verifyUsage}`);
  }
  const kept = [...(values.checkpoint ?? []), ...(values.since ?? [])];
  const anchors = await Promise.all(kept.map(readAnchor));
  return { file, anchors, key: values.key, witnesses: values.witness ?? [] };
}

export async function readAnchor(name: string): Promise<Anchor> {
  const found = await stat(name).catch((error: unknown) => {
    throw new Error(`${name} cannot be read: ${messageOf(error)}`);
  });
  if (found.size > MAX_CHECKPOINT_BYTES) throw new Error(`${name} is too large for a checkpoint.`);
  // Programs that write text to a file end it in a line break of their own.
  return { name, note: `${(await readFile(name, 'utf8')).trimEnd()}\n` };
}

async function openFile(name: string): Promise<Source & { close: () => Promise<void> }> {
  const handle = await open(name).catch((error: unknown) => {
    throw new Error(`${name} cannot be read: ${messageOf(error)}`);
  });
  const found = await handle.stat();
  if (!found.isFile()) {
    await handle.close();
    throw new Error(
      `${name} is not a file: its end is read first, so a pipe or folder will not do.`,
    );
  }
  // One buffer for all reads keeps the memory constant.
  let buffer = Buffer.alloc(0);
  return {
    size: found.size,
    read: async (start, end) => {
      if (buffer.length < end - start) buffer = Buffer.alloc(end - start);
      const { bytesRead } = await handle.read(buffer, 0, end - start, start);
      return buffer.subarray(0, bytesRead);
    },
    close: () => handle.close(),
  };
}

const TITLES = {
  verified: 'Verified',
  unproved: 'NOT PROVED',
  failed: 'FAILED',
} as const;

function wordsOf(file: string, report: Report): string {
  const lines = [`${TITLES[report.verdict]}: ${file}`];
  for (const { line, message } of report.problems) {
    lines.push(line === undefined ? message : `Line ${line}: ${message}`);
  }
  if (report.verdict === 'unproved') {
    lines.push(
      'Nothing wrong was found in the file; the above was asked for and cannot be proved.',
    );
  }
  if (report.about) {
    const { manifest, workspace } = report.about;
    lines.push(
      '',
      `${counted(manifest.count, 'event')} of workspace ${workspace}, ${scopeOf(manifest)}; exported ${manifest.made_at}`,
    );
  }
  const list = (title: string, items: string[], mark: string) => {
    if (items.length > 0) lines.push('', title, ...items.map((item) => `  ${mark} ${item}`));
  };
  list('Proved', report.proved, '+');
  list('Not proved', report.notProved, '-');
  return `${lines.map(plain).join('\n')}\n`;
}

/** What a file says must not steer the terminal that it is shown in. */
function plain(text: string): string {
  return text.replace(/[^\P{C}\n]/gu, '?');
}

/** A bar on the terminal, when there is one. */
class Progress {
  #shown = 0;

  show(done: number, total: number): void {
    const now = Date.now();
    if (!process.stderr.isTTY || now - this.#shown < 100) return;
    this.#shown = now;
    const part = total === 0 ? 1 : done / total;
    const bar = '='.repeat(Math.round(part * 30)).padEnd(30);
    const megabytes = (bytes: number) => Math.round(bytes / 1e6).toLocaleString('en-US');
    process.stderr.write(
      `\r[${bar}] ${String(Math.floor(part * 100)).padStart(3)}% ${megabytes(done)} of ${megabytes(total)} MB `,
    );
  }

  clear(): void {
    if (this.#shown === 0) return;
    this.#shown = 0;
    process.stderr.write(`\r${' '.repeat(70)}\r`);
  }
}
