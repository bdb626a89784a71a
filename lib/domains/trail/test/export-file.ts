import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { canonicalJson } from '@/lib/kernel/canonical';
import { inclusionProof, leafHash, rootOf } from '../merkle';
import { checkpointText, type Verifier, verifierFor, verifierKey } from '../note';
import { endorsementText } from '../offline/chain';
import { manifestText } from '../offline/schema';

interface Key {
  verifier: Verifier;
  privateKey: KeyObject;
  endorsement?: string;
}

/** A log of its own with its own keys, which writes export files as the product does. */
export class TestLog {
  readonly workspace: string;
  readonly origin: string;
  readonly bodies: string[];
  readonly leaves: Buffer[];
  readonly keys: Key[] = [];

  constructor(size: number, workspace = 'ws_0001', text = 'happened') {
    this.workspace = workspace;
    this.origin = `countersign/trail/${workspace}`;
    this.bodies = Array.from({ length: size }, (_, n) =>
      canonicalJson({
        id: `evt_${n}`,
        time: '2026-11-21T22:16:35.123Z',
        workspace,
        type: 'test.happened',
        actor: { type: 'agent', id: 'agt_1' },
        data: { n, amount: 100 + n, text: `${text} ä “${n}”\n` },
      }),
    );
    this.leaves = this.bodies.map((body) => leafHash(body));
    this.roll();
  }

  /** Appends an event that says this and belongs to the workspace. */
  append(said: object): this {
    const about = { time: '2026-11-21T22:20:00.000Z', workspace: this.workspace };
    const body = canonicalJson({ id: `evt_${this.bodies.length}`, ...about, ...said });
    this.bodies.push(body);
    this.leaves.push(leafHash(body));
    return this;
  }

  /** Makes the next key, endorsed by the one before. */
  roll(): this {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const verifier = verifierFor(this.origin, publicKey);
    const before = this.keys.at(-1);
    if (!before) {
      this.keys.push({ verifier, privateKey });
      return this;
    }
    const text = endorsementText(this.origin, verifierKey(verifier));
    const endorsement = sign(null, Buffer.from(text), before.privateKey).toString('base64');
    this.keys.push({ verifier, privateKey, endorsement });
    return this;
  }

  /** The verifier key of a version, the newest when none is given. */
  key(version = this.keys.length): string {
    return verifierKey((this.keys[version - 1] as Key).verifier);
  }

  signature(text: string, version = this.keys.length): string {
    const { verifier, privateKey } = this.keys[version - 1] as Key;
    const bytes = Buffer.concat([verifier.id, sign(null, Buffer.from(text), privateKey)]);
    return `— ${verifier.name} ${bytes.toString('base64')}`;
  }

  checkpoint(size = this.bodies.length, version = this.keys.length): string {
    const text = checkpointText({
      origin: this.origin,
      size,
      root: rootOf(this.leaves.slice(0, size)),
    });
    return `${text}\n${this.signature(text, version)}\n`;
  }

  /** The lines of a complete export, its manifest last. */
  complete(changes: object = {}): string[] {
    const lines = this.bodies.map((event, index) => `{"event":${event},"index":${index}}`);
    return [...lines, this.manifest(lines, changes)];
  }

  /** The lines of a filtered export, its manifest last. */
  filtered(indexes: number[], changes: object = {}): string[] {
    const lines = indexes.map((index) => {
      const path = inclusionProof(this.leaves, index).map((hash) => `"${hash.toString('base64')}"`);
      const proof = `{"path":[${path.join(',')}],"size":${this.bodies.length}}`;
      return `{"event":${this.bodies[index]},"index":${index},"proof":${proof}}`;
    });
    const some = { complete: false, filters: { outcome: 'deny' } };
    return [...lines, this.manifest(lines, { ...some, ...changes })];
  }

  /** A manifest of these lines; what `changes` says otherwise is signed too. */
  manifest(lines: string[], changes: object = {}): string {
    const indexes = lines.map((line) => Number(/"index":(\d+)(?=[,}]|$)/.exec(line)?.[1]));
    const manifest = {
      version: 1,
      format: 'ndjson',
      workspace: this.workspace,
      made_at: '2026-11-22T08:00:00.000Z',
      complete: true,
      filters: {},
      count: lines.length,
      first: indexes[0] ?? null,
      last: indexes.at(-1) ?? null,
      sha256: createHash('sha256')
        .update(lines.map((line) => `${line}\n`).join(''))
        .digest('hex'),
      size: this.bodies.length,
      checkpoint: this.checkpoint(),
      keys: this.keys.map(({ verifier, endorsement }) => ({
        key: verifierKey(verifier),
        ...(endorsement === undefined ? {} : { endorsement }),
      })),
      ...changes,
    };
    return canonicalJson({ manifest, signature: this.signature(manifestText(manifest)) });
  }
}

/** A file as the verifier reads it, in memory. */
export function fileOf(content: string | string[] | Buffer) {
  const text = Array.isArray(content) ? content.map((line) => `${line}\n`).join('') : content;
  const bytes = Buffer.from(text as string);
  return {
    size: bytes.length,
    read: (start: number, end: number) => Promise.resolve(bytes.subarray(start, end)),
  };
}
