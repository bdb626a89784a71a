import { z } from 'zod';
import { environments } from '@/lib/kernel/environments';
import { Classification } from '@/lib/domains/classification';
import { idSchema } from '@/lib/kernel/ids';
import { Ability } from '@/lib/kernel/ability';
import { pageInput } from '@/lib/kernel/page-input';

export const agentStates = ['draft', 'active', 'probation', 'suspended', 'retired'] as const;

export const AgentState = z.enum(agentStates);
export type AgentState = z.output<typeof AgentState>;

export const AgentId = idSchema('agt');

const fields = {
  name: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, 'use 2 to 63 lower-case letters, digits and hyphens'),
  purpose: z.string().trim().min(10, 'say in a sentence what it is for').max(2_000),
  sponsorId: idSchema('mbr').nullable(),
  /** The e-mail of who shall sponsor it and is no member yet; it stays a draft until it has a sponsor. */
  awaitedSponsor: z.email('must be an email address').max(254).nullable(),
  environment: z.enum(environments),
  model: z.string().trim().min(1, 'name the model it runs on').max(200),
  clearance: Classification,
};

export const CreateAgent = z.strictObject({
  ...fields,
  awaitedSponsor: fields.awaitedSponsor.default(null),
});
export const UpdateAgent = z.strictObject({ id: AgentId, ...z.object(fields).partial().shape });
export const AgentRef = z.strictObject({ id: AgentId });

/**
 * Why a person changed an agent's state; kept in the trail. The console asks for it; a script that
 * stops an agent in an emergency is not turned away for want of words.
 */
const reason = z.string().trim().min(3, 'say why in a few words').max(500).default('');
export const ActivateAgent = z.strictObject({
  id: AgentId,
  /** On probation nothing runs below tier 2. */
  probation: z.boolean().default(false),
});
export const SuspendAgent = z.strictObject({ id: AgentId, reason });
export const RetireAgent = z.strictObject({ id: AgentId, reason });

export const ListAgents = z.strictObject({
  ...pageInput,
  q: z.string().trim().max(200).optional(),
  state: AgentState.optional(),
  environment: fields.environment.optional(),
  sponsor: idSchema('mbr').optional(),
  /** Only those in this role. */
  role: idSchema('rol').optional(),
});

export const Agent = z.object({
  id: z.string(),
  name: z.string(),
  purpose: z.string(),
  sponsor: z.object({ id: z.string(), name: z.string() }).nullable(),
  awaitedSponsor: z.string().nullable(),
  environment: fields.environment,
  model: z.string(),
  clearance: Classification,
  state: AgentState,
  stateReason: z.string(),
  stateChangedAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  can: z.object({ update: Ability, activate: Ability, suspend: Ability, retire: Ability }),
});
export type Agent = z.output<typeof Agent>;
export type CreateAgent = z.input<typeof CreateAgent>;
