/** RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2.2), verifying only. */
import { sha256 } from '@noble/hashes/sha2.js';

/** DigestInfo of SHA-256 as DER, up to the hash. */
const DIGEST_INFO = [
  0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
  0x00, 0x04, 0x20,
];
const LEAST_BYTES = 256;
const MOST_EXPONENT_BYTES = 4;

export function verifyRsa(
  { n, e }: { n: Uint8Array; e: Uint8Array },
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const size = n.length;
  if (size < LEAST_BYTES || e.length > MOST_EXPONENT_BYTES || signature.length !== size)
    return false;
  const modulus = numberOf(n);
  const signed = numberOf(signature);
  if (signed >= modulus) return false;
  const tail = [...DIGEST_INFO, ...sha256(data)];
  const padding = Array.from({ length: size - tail.length - 3 }, () => 0xff);
  return power(signed, numberOf(e), modulus) === numberOf([0, 1, ...padding, 0, ...tail]);
}

function numberOf(bytes: ArrayLike<number>): bigint {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  return BigInt(`0x${digits.join('') || '0'}`);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
