/** Assertions of the test vectors of W3C Web Authentication level 3, section 16, with their keys. */
import type { PasskeyAlgorithm, PasskeyJwk } from '@/lib/kernel/approval-signature';

interface Vector {
  name: string;
  algorithm: PasskeyAlgorithm;
  key: PasskeyJwk;
  challenge: string;
  data: string;
  client: string;
  signature: string;
}

const of = (hex: string) => Buffer.from(hex, 'hex').toString('base64url');
/** The vector's modulus: its primes are the Mersenne numbers of 1,279 and 2,203 bits. */
const modulus = ((1n << 1_279n) - 1n) * ((1n << 2_203n) - 1n);
/** Everything a browser at example.org writes but the type and the challenge. */
const client = (challenge: string) =>
  `{"type":"webauthn.get","challenge":"${of(challenge)}","origin":"https://example.org","crossOrigin":false}`;

const challenges = {
  none: '39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408',
  rsa: '295f59f5fa8fe62c5aca9e27626c78c8da376ae6d8cd2dd29aebad601e1bc4c5',
  eddsa: '895957e01c633a698348a2d8a31a54b7db27e8c1c43b2080d79ae2190267bfd2',
};
const EXAMPLE_ORG = 'bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b5';

export const vectors: Vector[] = [
  {
    ...{ name: 'none.ES256', algorithm: 'ES256', challenge: challenges.none },
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: of('afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61'),
      y: of('930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220'),
    },
    data: `${EXAMPLE_ORG}1900000000`,
    client: client(challenges.none),
    signature:
      '3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87',
  },
  {
    ...{ name: 'packed.RS256', algorithm: 'RS256', challenge: challenges.rsa },
    key: { kty: 'RSA', n: of(modulus.toString(16).padStart(872, '0')), e: 'AQAB' },
    data: `${EXAMPLE_ORG}1900000000`,
    client: client(challenges.rsa),
    signature:
      '01063d52d7c39b4d432fc7063c5d93e582bdcb16889cd71f888d67d880ea730a428498d3bc8e1ee11f2b1ecbe6c292b118c55ffaaddefa8cad0a54dd137c51f1eec673f1bb6c4d1789d6826a222b22d0f585fc901fdc933212e579d199b89d672aa44891333e6a1355536025e82b25590256c3538229b55737083b2f6b9377e49e2472f11952f79fdd0da180b5ffd901b4049a8f081bb40711bef76c62aed943571f2d0575304cb549d68d8892f95086a30f93716aee818f8dc06e96c0d5e0ed4cfa9fd8773d90464b68cf140f7986666ff9c9e3302acd0535d60d769f465e2ab57ef8aabc89fccfef7ba32a64154a8b3d26be2298f470b8cc5377dbe3dfd4b0b45f8f01e63bde6cfc76b62771f9b70aa27cf40152cad93aa5acd784fd4b90f676e2ea828d0bf2400aebbaae4153e5838f537f88b6228346782a93a899be66ec77de45b3efcf311da6321c92e6b0cd11bfe653bf3e98cee8e341f02d67dbb6f9c98d9e8178090cfb5b70fbc6d541599ac794ae2f1d4de1286ec8de8c2daf7b1d15c8438e90d924df5c19045220a4c8438c1b979bbe016cf3d0eeec23c3999d4882cc645b776de930756612cdc6dd398160ff02a6',
  },
  {
    ...{ name: 'packed.EdDSA', algorithm: 'EdDSA', challenge: challenges.eddsa },
    key: {
      kty: 'OKP',
      crv: 'Ed25519',
      x: of('44e06ddd331c36a8dc667bab52bcae63486c916aa5e339e6acebaa84934bf832'),
    },
    data: `${EXAMPLE_ORG}0100000000`,
    client: client(challenges.eddsa),
    signature:
      'f5c59c7e46c34f6f8cc197101ddf9934fa2595f68eb1913a637e8419eb9ba4cfdfc48f85393bc0d40b011f0d6fecb097d6607525713223a0dc0d453993dae00b',
  },
];
