import { z } from 'zod';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput, pageOf } from '@/lib/kernel/page-input';

export const memberRoles = ['admin', 'approver', 'auditor'] as const;
export const memberRole = z.enum(memberRoles);
export type MemberRole = z.output<typeof memberRole>;

const tier = z.union([z.literal(1), z.literal(2), z.literal(3)]);

/** What a member may beyond their roles; given one by one, and to nobody by a role. */
export const memberAbilities = ['trail.payload'] as const;
export const memberAbility = z.enum(memberAbilities);
export type MemberAbility = z.output<typeof memberAbility>;

const floors = { irreversible: tier, external_communication: tier };
const ownFloors = z
  .strictObject(floors)
  .partial()
  .refine((own) => Object.keys(own).length > 0, 'must set a floor, or be left out')
  .optional();

/** The lowest tier an allowed action of this kind can have, and where another one holds. */
export const changedFloors = z.strictObject({
  ...floors,
  /** Floors of an environment's own; for what it has none of, the workspace's holds. */
  environments: z
    .strictObject({ development: ownFloors, staging: ownFloors, production: ownFloors })
    .optional(),
});
export const tierFloors = changedFloors.extend({
  environments: changedFloors.shape.environments.unwrap().default({}),
});
export type TierFloors = z.output<typeof tierFloors>;

const settingFields = {
  /** How long a held action waits for a person. */
  approvalTtlMinutes: z.number().int().min(1).max(43_200),
  /** Tier-2 actions sampled a day. */
  sampleSize: z.number().int().min(0).max(1_000),
  reviewDueHours: z.number().int().min(1).max(168),
  credentialMaxAgeDays: z.number().int().min(1).max(730),
  secretMaxAgeDays: z.number().int().min(1).max(730),
  tierFloors: changedFloors,
  /** How approvers sign at least: in their session, after a fresh proof of who they are, or with a passkey. */
  signing: z.enum(['session', 'step_up', 'passkey']),
  /** Approvers need a second factor. */
  requireSecondFactor: z.boolean(),
  /** For so many of 100 held actions a known-bad one is planted beside them; 0 is never. */
  plantedPer100: z.number().int().min(0).max(20),
  /**
   * What lets agents do more is published by another admin than those who drafted it, and
   * whom one admin makes an admin or approver, another confirms.
   */
  secondAdminWidens: z.boolean(),
};

/** A workspace's settings as stored; whatever is absent has its default. */
export const workspaceSettings = z.object({
  approvalTtlMinutes: settingFields.approvalTtlMinutes.default(60),
  sampleSize: settingFields.sampleSize.default(30),
  reviewDueHours: settingFields.reviewDueHours.default(24),
  credentialMaxAgeDays: settingFields.credentialMaxAgeDays.default(90),
  secretMaxAgeDays: settingFields.secretMaxAgeDays.default(90),
  tierFloors: tierFloors.default({
    ...{ irreversible: 3, external_communication: 2 },
    environments: {},
  }),
  signing: settingFields.signing.default('session'),
  requireSecondFactor: settingFields.requireSecondFactor.default(false),
  plantedPer100: settingFields.plantedPer100.default(0),
  secondAdminWidens: settingFields.secondAdminWidens.default(false),
});
export type WorkspaceSettings = z.output<typeof workspaceSettings>;

export const ability = z.object({ allowed: z.boolean(), reason: z.string().optional() });
const instant = z.iso.datetime();

export const nameField = z.string().trim().min(1, 'must not be empty').max(120);
export const emailField = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email('must be an email address'));
export const passwordField = z
  .string()
  .min(12, 'must be at least 12 characters long')
  .max(200, 'must be at most 200 characters long');
/** An existing password is only compared, so it is bounded and nothing else. */
export const givenPassword = z.string().min(1, 'must not be empty').max(200);
export const codeField = z
  .string()
  .transform((code) => code.replace(/\s/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, 'must be the six digits your app shows'));
export const rolesField = z
  .array(memberRole)
  .max(memberRoles.length)
  .refine((roles) => new Set(roles).size === roles.length, 'must name each role once');
export const abilitiesField = z
  .array(memberAbility)
  .max(memberAbilities.length)
  .refine((given) => new Set(given).size === given.length, 'must name each ability once');
export const timeZoneField = z
  .string()
  .max(64)
  .refine((zone) => {
    try {
      return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
    } catch {
      return false;
    }
  }, 'must be a time zone such as Europe/Berlin');

export const empty = z.strictObject({});
export const done = z.object({ ok: z.literal(true) });
export const okay = { ok: true } as const;
const byId = (prefix: string) => z.strictObject({ id: idSchema(prefix) });

// Workspace

export const workspaceView = z.object({
  id: z.string(),
  name: z.string(),
  demo: z.boolean(),
  timeZone: z.string(),
  settings: workspaceSettings,
  createdAt: instant,
  can: z.object({ update: ability }),
});
export type WorkspaceView = z.output<typeof workspaceView>;

export const updateWorkspaceInput = z.strictObject({
  name: nameField.optional(),
  timeZone: timeZoneField.optional(),
  settings: z.strictObject(settingFields).partial().optional(),
});

export const createWorkspaceInput = z.strictObject({
  name: nameField,
  timeZone: timeZoneField.default('UTC'),
  demo: z.boolean().default(false),
  admin: z.strictObject({ name: nameField, email: emailField, password: passwordField }),
  /** The nonce of the link that it is made by. */
  offer: z.string().optional(),
});

export const setupInput = z.strictObject({
  token: z.string().min(1).max(200),
  workspaceName: nameField,
  timeZone: timeZoneField,
  name: nameField,
  email: emailField,
  password: passwordField,
});

export const meView = z.object({
  member: z.object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    roles: z.array(memberRole),
    abilities: z.array(memberAbility),
    hasPassword: z.boolean(),
    /** A code of their app is asked for after the password. */
    codes: z.boolean(),
    /** A passkey is; where both are on, either will do. */
    passkeySignIn: z.boolean(),
    /** How many they have. */
    passkeys: z.number().int(),
    /** The workspace wants a second factor of this member, and there is none. */
    secondFactorMissing: z.boolean(),
  }),
  workspace: z.object({
    id: z.string(),
    name: z.string(),
    demo: z.boolean(),
    timeZone: z.string(),
  }),
  session: z.object({
    id: z.string().nullable(),
    method: z.string(),
    authenticatedAt: instant,
    /** Until when what asks for a step-up asks for none; null when it does. */
    steppedUpUntil: instant.nullable(),
  }),
});
export type Me = z.output<typeof meView>;

export const singleSignOnView = z.object({
  configured: z.boolean(),
  name: z.string(),
  issuer: z.string().nullable(),
  callbackUrl: z.string(),
});

// Members

export const memberView = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  roles: z.array(memberRole),
  abilities: z.array(memberAbility),
  state: z.enum(['active', 'disabled']),
  secondFactor: z.boolean(),
  singleSignOn: z.boolean(),
  lastSignInAt: instant.nullable(),
  createdAt: instant,
  /** What an admin asked for and another has to confirm; null when nothing waits. */
  pending: z
    .object({
      roles: z.array(memberRole),
      abilities: z.array(memberAbility),
      /** The member who asked. */
      by: z.string(),
    })
    .nullable(),
  can: z.object({
    confirm: ability,
    reject: ability,
    update: ability,
    changeRoles: ability,
    changeAbilities: ability,
    disable: ability,
    enable: ability,
    resetSecondFactor: ability,
  }),
});
export type MemberView = z.output<typeof memberView>;

/** One member, with what disabling them would end. */
export const memberDetail = memberView.extend({
  liveSessions: z.number().int(),
  liveTokens: z.number().int(),
});
export type MemberDetail = z.output<typeof memberDetail>;

export const listMembersInput = z.strictObject({
  ...pageInput,
  q: z.string().trim().max(120).optional(),
  role: memberRole.optional(),
  state: z.enum(['active', 'disabled']).optional(),
});
export const memberPage = pageOf(memberView);
export const memberInput = byId('mbr');
export const updateMemberInput = memberInput.extend({
  name: nameField.optional(),
  roles: rolesField.optional(),
  abilities: abilitiesField.optional(),
});
/** Names what was seen to wait, so that nothing else is confirmed. */
export const confirmMemberInput = memberInput.extend({
  roles: rolesField,
  abilities: abilitiesField,
});
export const addMemberInput = z.strictObject({
  name: nameField,
  email: emailField,
  roles: rolesField,
  password: passwordField,
});

// Invitations

export const invitationView = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  roles: z.array(memberRole),
  /** One that is unconfirmed opens once another admin has confirmed it. */
  state: z.enum(['open', 'unconfirmed', 'accepted', 'revoked', 'expired']),
  invitedBy: z.string().nullable(),
  createdAt: instant,
  expiresAt: instant,
  can: z.object({ confirm: ability, revoke: ability }),
});
export type InvitationView = z.output<typeof invitationView>;

export const listInput = z.strictObject(pageInput);
export const invitationPage = pageOf(invitationView);
export const invitationInput = byId('inv');
export const createInvitationInput = z.strictObject({
  name: nameField,
  email: emailField,
  roles: rolesField.refine((roles) => roles.length > 0, 'must name at least one role'),
});
/** The link is shown once: only a hash of its token is stored. */
export const createdInvitation = invitationView.extend({ link: z.string() });

export const invitationTokenInput = z.strictObject({ token: z.string().min(1).max(200) });
export const acceptInvitationInput = invitationTokenInput.extend({
  name: nameField.optional(),
  password: passwordField,
});
export const invitationOffer = z.object({
  name: z.string(),
  email: z.string(),
  workspace: z.string(),
  roles: z.array(memberRole),
});
export type InvitationOffer = z.output<typeof invitationOffer>;

// Sessions

export const sessionView = z.object({
  id: z.string(),
  member: z.object({ id: z.string(), name: z.string() }),
  method: z.string(),
  userAgent: z.string(),
  address: z.string(),
  current: z.boolean(),
  createdAt: instant,
  lastSeenAt: instant,
  expiresAt: instant,
  can: z.object({ revoke: ability }),
});
export type SessionView = z.output<typeof sessionView>;

export const listSessionsInput = z.strictObject({
  ...pageInput,
  /** `own`, or `all` for an admin. */
  of: z.enum(['own', 'all']).default('own'),
});
export const sessionPage = pageOf(sessionView);
export const sessionInput = byId('mss');

// Personal access tokens

/** authzen asks the gateway for decisions (AuthZEN), and opens nothing of the console. */
export const tokenScope = z.enum(['read', 'write', 'authzen']);
export const tokenView = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(tokenScope),
  state: z.enum(['active', 'expired', 'revoked']),
  createdAt: instant,
  expiresAt: instant,
  lastUsedAt: instant.nullable(),
  can: z.object({ revoke: ability }),
});
export type TokenView = z.output<typeof tokenView>;

export const tokenPage = pageOf(tokenView);
export const tokenInput = byId('pat');
export const createTokenInput = z.strictObject({
  name: nameField,
  scopes: z.array(tokenScope).min(1, 'must name at least one scope').max(3),
  days: z
    .number()
    .int()
    .min(1, 'must be at least 1')
    .max(365, 'must be at most a year, 365')
    .default(90),
});
export const createdToken = tokenView.extend({ token: z.string() });

// The member's own password and second factor

export const changePasswordInput = z.strictObject({
  current: givenPassword,
  password: passwordField,
});
export const beginSecondFactorInput = z.strictObject({ password: givenPassword.optional() });
export const secondFactorOffer = z.object({
  /** For typing in by hand; shown until it is confirmed. */
  secret: z.string(),
  uri: z.string(),
  svg: z.string(),
});
export const codeInput = z.strictObject({ code: codeField });
