/**
 * Asks a witness to cosign a checkpoint (C2SP tlog-witness and tlog-cosignature): it does so
 * only for a tree that extends the one it cosigned before.
 */
import { httpCall } from '@/lib/infra/http-client';
import { env } from '@/lib/infra/env';
import { openNote, parseVerifierKey, type Verifier } from '../note';

const TIMEOUT_MS = 15_000;
const SIZE_TYPE = 'text/x.tlog.size';

/** The witness knows a log that ours does not extend: one of them has been tampered with. */
export class Contradicted extends Error {}

export interface Witness {
  url: string;
  verifier: Verifier;
}

export function configuredWitness(): Witness | undefined {
  const { TRAIL_WITNESS_KEY: key, TRAIL_WITNESS_URL: url } = env();
  return url && key ? { url, verifier: parseVerifierKey(key) } : undefined;
}

export interface Submission {
  /** Signed by the log. */
  note: string;
  size: number;
  /** What the witness cosigned last, as far as is known here. */
  cosigned: number;
  /** RFC 9162, 2.1.4: hashes that prove the tree to extend the one of this size. */
  proof: (older: number) => Promise<Buffer[]>;
}

/** Gives the note with the witness's cosignature appended. */
export async function cosign(witness: Witness, submission: Submission): Promise<string> {
  const first = await submit(witness, submission, submission.cosigned);
  if (first.status !== 409) return withCosignature(witness, submission, first);
  const known = sizeIn(first);
  if (known > submission.size) {
    throw new Contradicted(
      `The witness has cosigned a checkpoint of ${known} events, but the log has ${submission.size}.`,
    );
  }
  return withCosignature(witness, submission, await submit(witness, submission, known));
}

interface Answer {
  status: number;
  text: string;
  type: string;
}

async function submit(witness: Witness, submission: Submission, old: number): Promise<Answer> {
  const between = old > 0 && old < submission.size;
  const proof = between ? await submission.proof(old) : [];
  const lines = [`old ${old}`, ...proof.map((hash) => hash.toString('base64')), ''];
  const answer = await httpCall({
    method: 'POST',
    url: `${witness.url}/add-checkpoint`,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: `${lines.join('\n')}\n${submission.note}`,
    timeoutMs: TIMEOUT_MS,
  });
  return { status: answer.status, text: answer.text, type: String(answer.headers['content-type']) };
}

function sizeIn({ text, type }: Answer): number {
  const size = /^(0|[1-9]\d{0,15})\n$/.exec(text)?.[1];
  if (size === undefined || !type.startsWith(SIZE_TYPE)) {
    throw new Error('the witness answered with a conflict and no size');
  }
  return Number(size);
}

function withCosignature(witness: Witness, { note, size }: Submission, answer: Answer): string {
  if (answer.status === 422) {
    throw new Contradicted(
      `The witness does not accept that the log of ${size} events extends the one it cosigned before.`,
    );
  }
  if (answer.status !== 200) throw new Error(`the witness answered with status ${answer.status}`);
  // Others' cosignatures may stand in the answer; only the configured witness's is kept.
  const own = answer.text
    .split('\n')
    .filter((line) => line.startsWith(`— ${witness.verifier.name} `))
    .map((line) => `${line}\n`);
  const cosigned = note + own.filter((line) => isOf(note + line, witness.verifier)).join('');
  openNote(cosigned, [witness.verifier]);
  return cosigned;
}

/** A line under the witness's name by another of its keys is left out; a false one of this key is an error. */
function isOf(note: string, verifier: Verifier): boolean {
  const bytes = Buffer.from(note.slice(note.lastIndexOf(' ') + 1, -1), 'base64');
  return bytes.subarray(0, 4).equals(verifier.id);
}
