/**
 * Verifies a trail export offline, in constant memory: the signatures of its manifest first,
 * then every line. The same code runs in the command and in the page; it fetches nothing.
 */
import { parseVerifierKey, type Verifier } from '../note';
import { type Anchor, claimedSize } from './anchor';
import { conclude } from './conclude';
import { type EventLine, readLine } from './line';
import { messageOf, Refusal } from './refusal';
import type { Report } from './report';
import { scan } from './scan';
import { lastLineStart, NEWLINE, type Source } from './source';
import { checkManifest, type Trust } from './trust';

/** How the last line of an export begins. */
const MANIFEST = '{"manifest":';

export interface VerifyOptions {
  /** Checkpoints from elsewhere that the file must agree with. */
  anchors?: readonly Anchor[];
  /** The verifier key that the reader was given; without it the file's own is taken. */
  key?: string | undefined;
  /** Verifier keys of witnesses whose cosignatures are looked for. */
  witnesses?: readonly string[];
  /** Called after each chunk with the bytes done and the bytes in all. */
  onProgress?: (done: number, total: number) => void;
  /** Called with each event in its order; what it was told counts only when the report is good. */
  onEvent?: (line: EventLine) => void;
}

/** Verifies; never throws for what is in the file, only when it cannot be read. */
export async function verifyExport(source: Source, options: VerifyOptions = {}): Promise<Report> {
  try {
    return await verified(source, options);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return failed(error);
  }
}

function failed({ message, line }: Refusal): Report {
  return {
    verdict: 'failed',
    problems: [line === undefined ? { message } : { message, line }],
    proved: [],
    notProved: [],
  };
}

async function verified(source: Source, options: VerifyOptions): Promise<Report> {
  const { anchors = [] } = options;
  if (source.size === 0) throw new Refusal('The file is empty.');
  const pinned = options.key === undefined ? undefined : keyOf(options.key, 'The key you gave');
  const witnesses = (options.witnesses ?? []).map((key) => keyOf(key, 'A witness key you gave'));
  const end = await readEnd(source, pinned);
  const sizes = new Set(anchors.map(({ note }) => claimedSize(note) ?? -1));
  if (end.trust) sizes.add(end.trust.checkpoint.size);
  const found = await scan(source, {
    end: end.start,
    trust: end.trust,
    sizes,
    onProgress: (done) => options.onProgress?.(done, source.size),
    onEvent: options.onEvent,
  });
  // The events are sound in themselves, so the end is the first that is not.
  if (!end.trust) throw new Refusal(end.message, found.count + 1);
  options.onProgress?.(source.size, source.size);
  return conclude({ trust: end.trust, found, anchors, pinned, witnesses });
}

function keyOf(text: string, what: string): Verifier {
  try {
    return parseVerifierKey(text.trim());
  } catch (error) {
    throw new Refusal(`${what} cannot be read: ${messageOf(error)}.`);
  }
}

/** Where the events end, and what vouches for them; or why nothing does. */
type End =
  | { start: number; trust: Trust; message?: undefined }
  | { start: number; trust?: undefined; message: string };

const CUT_OFF =
  'The file ends without a manifest: it was cut off, or is no whole export. Export it again.';

async function readEnd(source: Source, pinned: Verifier | undefined): Promise<End> {
  const start = await lastLineStart(source);
  const cut = { start: source.size, message: CUT_OFF };
  // A line as long as that is found, with its number, when all are read.
  if (start === undefined) return cut;
  const bytes = Uint8Array.from(await source.read(start, source.size));
  const ended = bytes.at(-1) === NEWLINE;
  try {
    const line = readLine(ended ? bytes.subarray(0, -1) : bytes);
    return line.kind === 'event' ? cut : { start, trust: checkManifest(line, pinned) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (new TextDecoder().decode(bytes.subarray(0, MANIFEST.length)) === MANIFEST) {
      return { start, message: error.message };
    }
    // Half a line at the end is what is left of a whole one, unless there is nothing else.
    return ended || start === 0 ? cut : { start, message: CUT_OFF };
  }
}
