/** What policy documents say of action types: all that decides what an agent can ask for, and what is sent then. */
import { z } from 'zod';
import { effects, reversibilities } from '@/lib/domains/catalog/server';
import { Classification, rank } from '@/lib/domains/classification';
import { effectiveOfType } from '@/lib/domains/classification/server';
import { digest } from '@/lib/kernel/canonical';
import { same } from './compare';

const signings = ['session', 'step_up', 'passkey'] as const;
export const signing = z.enum(signings);

const name = z.string().min(1).max(200);

export const ActionTypeDocument = z.strictObject({
  tool: name,
  environment: z.string().nullable(),
  /** Its own. */
  classification: Classification,
  /** With the data that it is linked to; follows from the data assets. */
  effective: Classification,
  effects: z.array(z.enum(effects)),
  reversibility: z.enum(reversibilities),
  // Versions from before these were kept have none of them.
  /** Method and address, without parameters. */
  request: z.string().optional(),
  /** sha256:… of how Countersign signs in at the tool, without the secret itself. */
  credential: z.string().optional(),
  /** sha256:… of the JSON Schema. */
  parameters: z.string().optional(),
  rules: z.array(z.unknown()).optional(),
  /** What is done to parts of the result, such as `email: mask`. */
  handling: z.array(z.string()).optional(),
  /** How approvers sign at least; null as the workspace says. */
  signing: signing.nullable().optional(),
});
export type ActionTypeDocument = z.output<typeof ActionTypeDocument>;

type Linked = Parameters<typeof effectiveOfType>[0];

interface Row extends Linked {
  reversibility: string;
  effects: string[];
  method: string;
  pathTemplate: string;
  parameters: unknown;
  rules: unknown;
  signing: string | null;
  tool: {
    name: string;
    environment: string | null;
    baseUrl: string;
    auth: unknown;
    secretId: string | null;
  };
}

export function documentOf(row: Row) {
  const { tool, classification, effects, reversibility, parameters, rules, data } = row;
  return {
    tool: tool.name,
    ...{ environment: tool.environment, classification, effects, reversibility, rules },
    effective: effectiveOfType(row).classification,
    request: `${row.method} ${tool.baseUrl}${row.pathTemplate}`,
    credential: digest({ auth: tool.auth, secret: tool.secretId }),
    parameters: digest(parameters),
    handling: data
      .filter(({ direction }) => direction === 'output')
      .map(({ path, field }) => `${path}: ${field.handling}`),
    signing: row.signing,
  };
}

/** The fields of both that differ; what an older version did not keep differs in nothing. */
export function differing<T extends object>(was: T, is: T): (keyof T)[] {
  return (Object.keys(is) as (keyof T)[]).filter(
    (field) => was[field] !== undefined && !same(was[field], is[field]),
  );
}

/** Whether an agent may be able to ask for more, or less is looked at, than before. */
export function actionTypeWidens(was: ActionTypeDocument, is: ActionTypeDocument): boolean {
  return differing(was, is).some((field) => {
    switch (field) {
      case 'classification':
      case 'effective':
        return rank(is[field]) < rank(was[field]);
      case 'environment':
        return was.environment !== null;
      case 'effects':
        return lacks(was.effects, is.effects);
      case 'rules':
      case 'handling':
        return lacks(was[field] ?? [], is[field] ?? []);
      case 'signing':
        return strength(is.signing) < strength(was.signing);
      default:
        // A schema, a request or a tool that is another cannot be shown to allow no more.
        return true;
    }
  });
}

const lacks = (was: readonly unknown[], is: readonly unknown[]) =>
  was.some((one) => !is.some((other) => same(one, other)));

/** Of a way to sign; none of its own is the weakest. */
export function strength(way: ActionTypeDocument['signing']): number {
  return way ? signings.indexOf(way) : -1;
}
