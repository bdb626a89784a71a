import { hash, verify } from '@node-rs/argon2';

// OWASP's first choice for argon2id (the package's default algorithm): 19 MiB, two passes, one lane.
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** argon2id hash in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, parameters);
}

let decoy: Promise<string> | undefined;

/**
 * Whether the password fits the hash. Without a hash the same work is done and the answer
 * is no, so that time does not tell which addresses exist.
 */
export async function passwordFits(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword('no member has this password');
  const fits = await verify(stored ?? (await decoy), password);
  return stored !== null && fits;
}
