/** What an action type touches: its effective classification, and how its result is handled. */
import { createHmac } from 'node:crypto';
import { effectiveOf } from '@/lib/domains/classification';
import { type OutputHandler, outputHandler } from '@/lib/domains/classification/server';
import { derivedDataKey } from '@/lib/infra/crypto';
import { canonicalJson } from '@/lib/kernel/canonical';
import type { ActionTypeRow, DataLinkRow, Parts } from './rows';

export interface Touching {
  /** The row with its effective classification. */
  type: ActionTypeRow;
  /** Undefined when no link asks for anything. */
  handle: OutputHandler | undefined;
}

/** Tells it of each action type of these parts. */
export function dataOf(
  parts: Pick<Parts, 'workspace' | 'dataLinks'>,
): (row: ActionTypeRow) => Touching {
  const linked = new Map<string, DataLinkRow[]>();
  for (const link of parts.dataLinks) {
    const own = linked.get(link.action_type_id);
    if (own) own.push(link);
    else linked.set(link.action_type_id, [link]);
  }
  const tokenise = tokeniser(parts);
  return (row) => {
    const links = linked.get(row.id);
    if (!links) return { type: row, handle: undefined };
    const { classification } = effectiveOf(row.classification, links);
    return {
      type: { ...row, classification },
      handle: outputHandler(links.filter(isOutput), tokenise),
    };
  };
}

function isOutput({ direction }: DataLinkRow): boolean {
  return direction === 'output';
}

const TOKEN_BYTES = 18;

/** Keyed, so that nobody outside can make the token of a value that they guess. */
function tokeniser({ workspace }: Pick<Parts, 'workspace'>): (value: unknown) => string {
  let key: Buffer | undefined;
  return (value) => {
    const [row] = workspace;
    if (!row) throw new Error('the workspace does not exist');
    key ??= derivedDataKey(row.data_key, row.id, 'data tokens');
    const mac = createHmac('sha256', key).update(canonicalJson(value)).digest();
    return `tok_${mac.subarray(0, TOKEN_BYTES).toString('base64url')}`;
  };
}
