/** What policies by hand read of the context of an agent's action, found in their JSON form. */
import type { PolicyJson } from '@/lib/infra/cedar';
import { isObject } from './conform';

export type SessionType = 'String' | 'Long' | 'Boolean' | 'decimal';

export interface Reads {
  parameters: ReadonlySet<string>;
  /** Each session attribute with the type that it is used as. */
  session: ReadonlyMap<string, SessionType>;
  /** Time zones whose clock they ask for. */
  zones: ReadonlySet<string>;
  address: boolean;
  /** Whether they look at the parameters as a whole. */
  everything: boolean;
}

/** How a session attribute is used says what it is; the first use that tells decides. */
export function readsOf(policies: readonly PolicyJson[]): Reads {
  const reads = {
    parameters: new Set<string>(),
    session: new Map<string, SessionType>(),
    zones: new Set<string>(),
    address: false,
    everything: false,
  };
  const hints = new Map<string, SessionType>();

  const visit = (node: unknown, hint: SessionType | undefined): void => {
    if (Array.isArray(node)) for (const each of node) visit(each, undefined);
    if (!isObject(node)) return;
    const found = pathOf(node);
    // Asking whether it is there says nothing of its type.
    if (found) return note(found, 'has' in node ? undefined : hint);
    for (const [operator, body] of Object.entries(node)) {
      if (operator === 'Value') continue;
      const operands = Array.isArray(body) ? body : isObject(body) ? Object.values(body) : [];
      const type = hintOf(operator, operands);
      for (const operand of operands) visit(operand, type);
    }
  };
  const note = ([of, name]: string[], hint: SessionType | undefined): void => {
    if (of === undefined || (of === 'parameters' && name === undefined)) reads.everything = true;
    if (of === 'address') reads.address = true;
    if (name === undefined) return;
    if (of === 'parameters') reads.parameters.add(name);
    if (of === 'time') reads.zones.add(name);
    if (of !== 'session') return;
    if (hint !== undefined && !hints.has(name)) hints.set(name, hint);
    reads.session.set(name, hints.get(name) ?? 'String');
  };
  for (const { conditions } of policies) for (const { body } of conditions) visit(body, 'Boolean');
  return reads;
}

/** `context.a.b…` as its names; undefined for what is no such chain. */
function pathOf(node: Record<string, unknown>): string[] | undefined {
  if (node['Var'] === 'context') return [];
  const access = node['.'] ?? node['has'];
  if (!isObject(access) || !isObject(access['left'])) return undefined;
  const path = pathOf(access['left']);
  return path && typeof access['attr'] === 'string' ? [...path, access['attr']] : undefined;
}

const whole = new Set(['<', '<=', '>', '>=', '+', '-', '*', 'neg']);
const logical = new Set(['&&', '||', '!', 'if-then-else']);
const decimals = new Set(['lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual']);

function hintOf(operator: string, operands: readonly unknown[]): SessionType | undefined {
  if (whole.has(operator)) return 'Long';
  if (decimals.has(operator)) return 'decimal';
  if (operator === 'like') return 'String';
  if (logical.has(operator)) return 'Boolean';
  for (const operand of operands) {
    const value = isObject(operand) ? operand['Value'] : undefined;
    if (typeof value === 'number') return 'Long';
    if (typeof value === 'boolean') return 'Boolean';
    if (typeof value === 'string') return 'String';
  }
  return undefined;
}
