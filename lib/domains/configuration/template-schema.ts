/** Templates as they are asked for and shown; safe in the browser. */
import { z } from 'zod';
import { Files, Plan } from './schema';

/** OWASP's Top 10 for LLM applications (2025) and its agentic threats. */
export const owaspThreats = [
  'LLM01 Prompt Injection',
  'LLM02 Sensitive Information Disclosure',
  'LLM03 Supply Chain',
  'LLM04 Data and Model Poisoning',
  'LLM05 Improper Output Handling',
  'LLM06 Excessive Agency',
  'LLM07 System Prompt Leakage',
  'LLM08 Vector and Embedding Weaknesses',
  'LLM09 Misinformation',
  'LLM10 Unbounded Consumption',
  'T1 Memory Poisoning',
  'T2 Tool Misuse',
  'T3 Privilege Compromise',
  'T4 Resource Overload',
  'T5 Cascading Hallucination Attacks',
  'T6 Intent Breaking and Goal Manipulation',
  'T7 Misaligned and Deceptive Behaviors',
  'T8 Repudiation and Untraceability',
  'T9 Identity Spoofing and Impersonation',
  'T10 Overwhelming Human in the Loop',
  'T11 Unexpected RCE and Code Attacks',
  'T12 Agent Communication Poisoning',
  'T13 Rogue Agents in Multi-Agent Systems',
  'T14 Human Attacks on Multi-Agent Systems',
  'T15 Human Manipulation',
] as const;

export const TemplateRef = z.strictObject({ id: z.string().min(1).max(60) });

const TemplateSummary = z.object({ id: z.string(), title: z.string(), summary: z.string() });
export const TemplateList = z.object({ items: z.array(TemplateSummary) });
export type TemplateList = z.output<typeof TemplateList>;

export const TemplateView = TemplateSummary.extend({
  agent: z.object({ purpose: z.string(), environment: z.string(), clearance: z.string() }),
  actionTypes: z.array(
    z.object({
      key: z.string(),
      title: z.string(),
      effects: z.array(z.string()),
      reversibility: z.string(),
      classification: z.string(),
      /** Whether a role of it grants this; what none grants is withheld on purpose. */
      granted: z.boolean(),
    }),
  ),
  roles: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      permissions: z.array(z.object({ action: z.string(), words: z.string() })),
    }),
  ),
  dataAssets: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      fields: z.array(
        z.object({
          name: z.string(),
          classification: z.string(),
          handling: z.string(),
          note: z.string(),
        }),
      ),
    }),
  ),
  threatModel: z.object({
    assets: z.array(z.string()),
    threats: z.array(z.object({ threat: z.string(), owasp: z.string(), control: z.string() })),
  }),
});
export type TemplateView = z.output<typeof TemplateView>;

const name = z.string().trim().min(1).max(120);

/** How an admin wants an agent made of a template. */
export const PlanTemplate = z.strictObject({
  template: TemplateRef.shape.id,
  /** The agent's own. */
  name,
  model: z.string().trim().min(1, 'name the model it runs on').max(200),
  /** Who answers for it, by e-mail. */
  sponsor: z.string().trim().max(254).nullable().default(null),
  environment: z.enum(['development', 'staging', 'production']).optional(),
  /** Name of the tool at which what is missing is made. */
  tool: name.nullable().default(null),
  /** Action types of the workspace that stand for those of the template, by the template's keys. */
  actionTypes: z.record(z.string(), name).default({}),
});
export type PlanTemplate = z.input<typeof PlanTemplate>;

/** The whole configuration with the agent in it, to be applied as it is. */
export const PlannedTemplate = z.object({ files: Files, plan: Plan });
export type PlannedTemplate = z.output<typeof PlannedTemplate>;
