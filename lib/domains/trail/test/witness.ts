/** A witness as C2SP tlog-witness describes it, with a state of its own and a real listener. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { emptyRoot, verifyConsistency } from '../merkle';
import { type Checkpoint, openCheckpoint, type Verifier } from '../note';

interface Reply {
  status: number;
  text: string;
  type?: string;
}

export interface TestWitness {
  url: string;
  /** Its verifier key, of cosignature/v1. */
  key: string;
  /** Logs that it knows, by origin. */
  logs: Map<string, Verifier>;
  /** What it cosigned last, by origin. */
  latest: Map<string, Checkpoint>;
  requests: string[];
  close: () => Promise<void>;
}

export async function startWitness(name = 'witness.example/w1'): Promise<TestWitness> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(12);
  const typed = Buffer.concat([Buffer.from([4]), raw]);
  const id = createHash('sha256').update(`${name}\n`).update(typed).digest().subarray(0, 4);
  const logs = new Map<string, Verifier>();
  const latest = new Map<string, Checkpoint>();
  const requests: string[] = [];

  const cosignature = (text: string): string => {
    const time = BigInt(Math.floor(Date.now() / 1_000));
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(time);
    const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), privateKey);
    return `— ${name} ${Buffer.concat([id, stamp, signature]).toString('base64')}\n`;
  };

  const addCheckpoint = (body: string): Reply => {
    const [head = '', ...rest] = body.split('\n\n');
    const note = rest.join('\n\n');
    const [oldLine = '', ...proofLines] = head.split('\n');
    const old = /^old (0|[1-9]\d*)$/.exec(oldLine)?.[1];
    if (old === undefined || proofLines.length > 63) return { status: 400, text: '' };
    const origin = note.split('\n')[0] ?? '';
    const log = logs.get(origin);
    if (!log) return { status: 404, text: '' };
    let checkpoint: Checkpoint;
    try {
      checkpoint = openCheckpoint(note, [log], origin);
    } catch {
      return { status: 403, text: '' };
    }
    const older = Number(old);
    if (older > checkpoint.size) return { status: 400, text: '' };
    const known = latest.get(origin) ?? { origin, size: 0, root: emptyRoot };
    if (older !== known.size) {
      return { status: 409, text: `${known.size}\n`, type: 'text/x.tlog.size' };
    }
    const proof = proofLines.map((line) => Buffer.from(line, 'base64'));
    const extended =
      older === 0
        ? proof.length === 0
        : verifyConsistency(older, checkpoint.size, proof, known.root, checkpoint.root);
    if (!extended) return { status: 422, text: '' };
    latest.set(origin, checkpoint);
    const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
    // Another's cosignature, which a client must ignore.
    return { status: 200, text: `— other.example ${'A'.repeat(96)}\n${cosignature(text)}` };
  };

  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      requests.push(body);
      const known = request.method === 'POST' && request.url === '/add-checkpoint';
      const reply: Reply = known ? addCheckpoint(body) : { status: 404, text: '' };
      response.writeHead(reply.status, { 'content-type': reply.type ?? 'text/plain' });
      response.end(reply.text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key: `${name}+${id.toString('hex')}+${typed.toString('base64')}`,
    ...{ logs, latest, requests },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
