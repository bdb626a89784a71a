import { z } from 'zod';
import { idSchema } from '@/lib/kernel/ids';
import { assertionField, base64url, passkeyCredential } from '@/lib/kernel/passkey';
import { ability, codeField, givenPassword, nameField } from '../schema';

const instant = z.iso.datetime();
/** What a browser answers when a passkey is made (RegistrationResponseJSON). */
export const registrationField = z.strictObject({
  ...passkeyCredential,
  response: z.strictObject({
    clientDataJSON: base64url(8_000),
    attestationObject: base64url(40_000),
    transports: z.array(z.string().max(20)).max(10).optional(),
    // What the browser reads out of the attestation by itself; the console reads it again.
    authenticatorData: base64url(20_000).optional(),
    publicKey: base64url(8_000).optional(),
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
  /** Whether one is asked for after the password. */
  signIn: z.boolean(),
  can: z.object({ register: ability, setSignIn: ability }),
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

/** Whether a passkey is asked for after the password. */
export const passkeySignInInput = z.strictObject({ on: z.boolean() });

/** Options of WebAuthn as its library makes them, for the browser to pass on. */
export const webauthnOptions = z.looseObject({ challenge: z.string() });

/** The password of whoever is asked for a passkey after it. */
export const signInOfferInput = z.strictObject({
  email: z.string().max(254),
  password: z.string().max(200),
});
export const passkeySignInOffer = z.object({
  /** Where passkeys work: only there. */
  origin: z.string(),
  options: webauthnOptions,
});

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
