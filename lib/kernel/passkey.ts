import { z } from 'zod';

/** Bytes as base64url, of at most so many characters. */
export const base64url = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url');

/** WebAuthn allows ids of up to 1,023 bytes. */
const credentialId = base64url(1_364);

/** What every answer of a passkey has. */
export const passkeyCredential = {
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  authenticatorAttachment: z.string().max(40).optional(),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
};

/** What a browser answers when a passkey signs (AuthenticationResponseJSON of WebAuthn level 3). */
export const assertionField = z.strictObject({
  ...passkeyCredential,
  response: z.strictObject({
    clientDataJSON: base64url(8_000),
    authenticatorData: base64url(8_000),
    signature: base64url(2_000),
    userHandle: base64url(200).optional(),
  }),
});
export type PasskeyAssertion = z.output<typeof assertionField>;
