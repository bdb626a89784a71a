/**
 * Recomputes a day's sample from an export of the log, offline: the file is verified as
 * `countersign verify` does, and while it is read the population, the strata, the seed and the
 * choice are made again and held against what the draw recorded.
 */
import {
  chunksOf,
  type EventLine,
  Frontier,
  LineSplitter,
  type Problem,
  type Report,
  type Source,
  verifyExport,
  type VerifyOptions,
} from '@/lib/domains/trail/cli';
import { boundsOf } from '../day';
import { differences, type Found, recomputed } from './compare';
import { RecordedDraw } from './drawn';
import { Closing, DAY_CLOSED, endOf, Populations, SAMPLE_DRAWN } from './population';
import { concluded, refused } from './report';

export interface SampleOptions extends Omit<VerifyOptions, 'onEvent'> {
  day: string;
}

/** Verifies; never throws for what is in the file, only when it cannot be read. */
export async function verifySample(source: Source, options: SampleOptions): Promise<Report> {
  const { day, ...verifying } = options;
  const pass = new SamplePass(day, await lookAhead(source, day));
  const report = await verifyExport(source, { ...verifying, onEvent: (line) => pass.take(line) });
  if (report.verdict === 'failed' || !report.about) return report;
  const { found, problems } = pass.result();
  if (!found) return refused(report, problems);
  const again = recomputed(found, report.about.workspace);
  const wrong = [...problems, ...differences(found, again, report.about, options.anchors ?? [])];
  return wrong.length > 0 ? refused(report, wrong) : concluded(report, found, again.choice);
}

/** What must be known of a log before its events are gone through. */
interface Ahead {
  /** The sizes of the checkpoints that draws of the day name, which stand behind what they cover. */
  sizes: Set<number>;
  /** When the first day that was closed began. */
  since: number | undefined;
}

async function lookAhead(source: Source, day: string): Promise<Ahead> {
  const ahead: Ahead = { sizes: new Set(), since: undefined };
  const splitter = new LineSplitter();
  try {
    for await (const chunk of chunksOf(source, source.size)) {
      for (const bytes of splitter.push(chunk)) {
        const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
        if (line.includes(`"${SAMPLE_DRAWN}"`)) {
          const drawn = RecordedDraw.safeParse(dataOf(line));
          if (drawn.success && drawn.data.day === day) ahead.sizes.add(drawn.data.checkpoint.size);
        } else if (ahead.since === undefined && line.includes(`"${DAY_CLOSED}"`)) {
          const closing = Closing.safeParse(dataOf(line));
          if (closing.success) ahead.since = Date.parse(closing.data.from);
        }
      }
    }
  } catch {
    // What cannot be read is found, with its line, when the file is verified.
  }
  return ahead;
}

function dataOf(line: Buffer): unknown {
  return (JSON.parse(line.toString('utf8')) as { event?: { data?: unknown } }).event?.data;
}

/** What one pass over the events finds of a day. */
class SamplePass {
  readonly #day: string;
  readonly #sizes: ReadonlySet<number>;
  readonly #roots = new Map<number, Buffer>();
  readonly #frontier = new Frontier();
  readonly #populations: Populations;
  readonly #problems: Problem[] = [];
  #closed: Pick<Found, 'population' | 'closed'> | undefined;
  #drawn: { data: RecordedDraw; index: number } | undefined;
  #line = 0;

  constructor(day: string, { since, sizes }: Ahead) {
    this.#day = day;
    this.#sizes = sizes;
    this.#populations = new Populations(since);
  }

  take({ event, index, leaf }: EventLine): void {
    this.#line += 1;
    if (event['type'] === DAY_CLOSED) this.#close(event, index);
    else if (event['type'] === SAMPLE_DRAWN) this.#draw(event, index);
    else if (!this.#closed) this.#populations.take(event);
    if (index !== this.#frontier.size) return;
    this.#frontier.push(leaf);
    if (this.#sizes.has(index + 1)) this.#roots.set(index + 1, this.#frontier.root());
  }

  result(): { found?: Found; problems: Problem[] } {
    const day = this.#day;
    const [closed, drawn] = [this.#closed, this.#drawn];
    if (!closed) this.#say(`No event in the file closes ${day}, so nothing can be drawn from it.`);
    else if (!drawn) this.#say(`No event in the file says what was drawn from ${day}.`);
    if (!closed || !drawn) return { problems: this.#problems };
    const root = this.#roots.get(drawn.data.checkpoint.size);
    const found = { ...closed, drawn: drawn.data, drawnIndex: drawn.index, root };
    return { found, problems: this.#problems };
  }

  #close(event: Record<string, unknown>, index: number): void {
    if (this.#closed) {
      const again = Closing.safeParse(event['data']);
      if (again.success && again.data.day === this.#day) {
        this.#say(`${this.#day} was closed twice.`, true);
      }
      return;
    }
    const parsed = Closing.safeParse(event['data']);
    if (!parsed.success) {
      this.#say('An event that closes a day is malformed.', true);
      return;
    }
    const closing = parsed.data;
    const wrong = wrongClosing(closing, this.#populations.last, String(event['time']));
    if (wrong) this.#say(wrong, true);
    const population = this.#populations.close(closing);
    if (closing.day !== this.#day) return;
    this.#closed = { population, closed: { event: String(event['id']), index } };
  }

  #draw(event: Record<string, unknown>, index: number): void {
    const data = event['data'] as Record<string, unknown> | undefined;
    if (data?.['origin'] === 'hand' || data?.['day'] !== this.#day) return;
    const parsed = RecordedDraw.safeParse(data);
    if (!parsed.success) this.#say(`The event of the draw from ${this.#day} is malformed.`, true);
    else if (this.#drawn) this.#say(`${this.#day} was drawn from twice.`, true);
    else this.#drawn = { data: parsed.data, index };
  }

  #say(message: string, here = false): void {
    this.#problems.push({ message, ...(here ? { line: this.#line } : {}) });
  }
}

/** What is wrong with a closing, beside the one before it; undefined when nothing is. */
function wrongClosing(closing: Closing, last: Closing | undefined, time: string) {
  const { day, from, previous, time_zone: zone, to } = closing;
  if (previous !== (last?.day ?? null) || (last && last.day >= day)) {
    return `The closing of ${day} says that ${previous ?? 'no day'} was closed before; the log says ${last?.day ?? 'none'}.`;
  }
  const begin = last ? new Date(last.to) : boundsOf(day, zone).start;
  const end = endOf(day, zone, last && new Date(last.to));
  if (from !== begin.toISOString() || to !== end.toISOString()) {
    return `The closing of ${day} says that it lasted from ${from} to ${to}; in ${zone} it lasted from ${begin.toISOString()} to ${end.toISOString()}.`;
  }
  return Date.parse(time) < end.getTime() ? `${day} was closed before it was over.` : undefined;
}
