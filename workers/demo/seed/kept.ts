import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { newId } from '@/lib/kernel/ids';

const schema = z.object({
  workspace: z.string(),
  /** The workspace that answers AuthZEN's certification scenario, once it is begun. */
  authzen: z.string().optional(),
  complete: z.boolean().default(false),
  passwords: z.record(z.string(), z.string()).default({}),
  tokens: z.record(z.string(), z.string()).default({}),
  agents: z.record(z.string(), z.string()).default({}),
  keys: z.record(z.string(), z.looseObject({ kty: z.string() })).default({}),
});
type Facts = z.output<typeof schema>;

/**
 * What the seed chose and must choose again at the next start: the workspace's id, passwords,
 * tokens and the agents' private keys. A choice is on disk before the verb that uses it runs, so
 * that a seed that was killed half way goes on where it stood.
 */
export class Kept {
  readonly #file: string;
  #facts: Facts;

  constructor(file: string) {
    this.#file = file;
    this.#facts = existsSync(file)
      ? schema.parse(JSON.parse(readFileSync(file, 'utf8')))
      : this.#begin();
  }

  get workspace(): string {
    return this.#facts.workspace;
  }

  /** The workspace of AuthZEN's scenarios. */
  get authzen(): string {
    this.#facts.authzen ??= newId('ws');
    this.#save();
    return this.#facts.authzen;
  }

  /** Whether the sample workspace was filled to the end. From then on it belongs to its members. */
  get complete(): boolean {
    return this.#facts.complete;
  }

  /** Forgets everything: the database that it was about is not this one. */
  restart(): void {
    this.#facts = this.#begin();
  }

  finish(): void {
    this.#facts.complete = true;
    this.#save();
  }

  password(email: string): string {
    return this.#choose('passwords', email, randomBytes(15).toString('base64url'));
  }

  token(email: string): string | undefined {
    return this.#facts.tokens[email];
  }

  keepToken(email: string, token: string): void {
    this.#choose('tokens', email, token);
  }

  /** The id of the agent that plays this role. */
  agent(role: string): string {
    const id = this.#facts.agents[role];
    if (id === undefined) throw new Error(`the sample workspace has no ${role}`);
    return id;
  }

  keepAgent(role: string, id: string): void {
    this.#choose('agents', role, id);
  }

  /** The agent's private key, Ed25519. */
  async privateJwk(role: string): Promise<{ kty: string; [member: string]: unknown }> {
    const kept = this.#facts.keys[role];
    if (kept) return kept;
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kty: 'OKP', alg: 'EdDSA' };
    this.#facts.keys[role] = jwk;
    this.#save();
    return jwk;
  }

  #choose(kind: 'passwords' | 'tokens' | 'agents', name: string, value: string): string {
    const kept = this.#facts[kind][name];
    if (kept) return kept;
    this.#facts[kind][name] = value;
    this.#save();
    return value;
  }

  #begin(): Facts {
    const facts = schema.parse({ workspace: newId('ws') });
    writePrivate(this.#file, facts);
    return facts;
  }

  #save(): void {
    writePrivate(this.#file, this.#facts);
  }
}

/** Replaces a JSON file at once, readable by its owner alone. */
export function writePrivate(file: string, content: unknown): void {
  const next = `${file}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, file);
}
