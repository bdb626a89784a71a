import { z } from 'zod';
import { idSchema } from '@/lib/kernel/ids';
import { ability, codeField, givenPassword, nameField } from '../schema';

const instant = z.iso.datetime();
const bytes = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url');
/** WebAuthn allows ids of up to 1,023 bytes. */
const credentialId = bytes(1_364);

const credential = {
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  authenticatorAttachment: z.string().max(40).optional(),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
};

/** What a browser answers when a passkey signs (AuthenticationResponseJSON of WebAuthn level 3). */
export const assertionField = z.strictObject({
  ...credential,
  response: z.strictObject({
    clientDataJSON: bytes(8_000),
    authenticatorData: bytes(8_000),
    signature: bytes(2_000),
    userHandle: bytes(200).optional(),
  }),
});
export type PasskeyAssertion = z.output<typeof assertionField>;

/** What a browser answers when a passkey is made (RegistrationResponseJSON). */
export const registrationField = z.strictObject({
  ...credential,
  response: z.strictObject({
    clientDataJSON: bytes(8_000),
    attestationObject: bytes(40_000),
    transports: z.array(z.string().max(20)).max(10).optional(),
    // What the browser reads out of the attestation by itself; the console reads it again.
    authenticatorData: bytes(20_000).optional(),
    publicKey: bytes(8_000).optional(),
    publicKeyAlgorithm: z.number().int().optional(),
  }),
});
export type PasskeyRegistration = z.output<typeof registrationField>;

const passkeyInput = z.strictObject({ id: idSchema('pky') });
export const removePasskeyInput = passkeyInput;
export const renamePasskeyInput = passkeyInput.extend({ name: nameField });
export const registerPasskeyInput = z.strictObject({
  name: nameField,
  registration: registrationField,
});

export const passkeyView = z.object({
  id: z.string(),
  name: z.string(),
  algorithm: z.enum(['ES256', 'RS256', 'EdDSA']),
  /** Kept by a provider as well, so that it outlives the device. */
  backedUp: z.boolean(),
  transports: z.array(z.string()),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  can: z.object({ rename: ability, remove: ability }),
});
export type PasskeyView = z.output<typeof passkeyView>;

/** Where passkeys work: only at `origin`; with a reason where they do not. */
const partyView = z.object({
  available: z.boolean(),
  origin: z.string().nullable(),
  reason: z.string().nullable(),
});

export const passkeyList = z.object({
  items: z.array(passkeyView),
  party: partyView,
  can: z.object({ register: ability }),
});
export type PasskeyList = z.output<typeof passkeyList>;

/** Which passkeys of the member may sign an approval. */
export const signingOptions = z.object({
  ...partyView.shape,
  rpId: z.string().nullable(),
  /** Milliseconds that the browser waits for the person. */
  timeout: z.number().int(),
  allowCredentials: z.array(
    z.object({ id: z.string(), type: z.literal('public-key'), transports: z.array(z.string()) }),
  ),
});
export type SigningOptions = z.output<typeof signingOptions>;

/** Options of WebAuthn as its library makes them, for the browser to pass on. */
export const webauthnOptions = z.looseObject({ challenge: z.string() });

export const stepUpInput = z
  .strictObject({
    password: givenPassword.optional(),
    code: codeField.optional(),
    assertion: assertionField.optional(),
  })
  .refine(({ password, assertion }) => (password === undefined) !== (assertion === undefined), {
    path: ['password'],
    message: 'must be given, or a passkey instead',
  });
export const steppedUpView = z.object({
  /** Until when it counts. */
  until: instant,
});
