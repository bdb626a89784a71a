import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';

const schema = z.object({
  workspace: z.string().optional(),
  passwords: z.record(z.string(), z.string()).default({}),
  tokens: z.record(z.string(), z.string()).default({}),
  keys: z.record(z.string(), z.looseObject({ kty: z.string() })).default({}),
});
type Facts = z.output<typeof schema>;

/**
 * What the seed chose and must choose again at the next start: passwords, tokens and the agents'
 * private keys. Each is on disk before the verb that uses it runs, so that a seed that was killed
 * half way goes on where it stood.
 */
export class Kept {
  readonly #file: string;
  readonly #facts: Facts;

  constructor(file: string) {
    this.#file = file;
    this.#facts = schema.parse(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
  }

  get workspace(): string | undefined {
    return this.#facts.workspace;
  }

  /** Begins with nothing: for another database than the one that was filled. */
  restart(): void {
    Object.assign(this.#facts, schema.parse({}), { workspace: undefined });
    this.#save();
  }

  keepWorkspace(id: string): void {
    this.#facts.workspace = id;
    this.#save();
  }

  password(email: string): string {
    const kept = this.#facts.passwords[email];
    if (kept) return kept;
    const password = randomBytes(15).toString('base64url');
    this.#facts.passwords[email] = password;
    this.#save();
    return password;
  }

  token(email: string): string | undefined {
    return this.#facts.tokens[email];
  }

  keepToken(email: string, token: string): void {
    this.#facts.tokens[email] = token;
    this.#save();
  }

  /** The agent's private key, Ed25519. */
  async privateJwk(agent: string): Promise<{ kty: string; [member: string]: unknown }> {
    const kept = this.#facts.keys[agent];
    if (kept) return kept;
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kty: 'OKP', alg: 'EdDSA' };
    this.#facts.keys[agent] = jwk;
    this.#save();
    return jwk;
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
