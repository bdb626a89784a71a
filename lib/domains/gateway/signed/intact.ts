import { digest } from '@/lib/kernel/canonical';
import type { ActionRow } from '../action';
import { actionDigest } from '../digest';
import { counted, quorumOf, type Signature, type Signed } from './quorum';
import type { Need } from './schema';

type Proposed = Pick<
  ActionRow,
  'workspace_id' | 'agent_id' | 'session_id' | 'type' | 'parameters' | 'policy_version' | 'digest'
>;

/** An approval as stored, with the signatures on it. */
export interface SignedRow {
  display: unknown;
  display_digest: string;
  decision: string | null;
  needs: Need[];
  narrowed: Record<string, unknown> | null;
  narrowed_digest: string | null;
  broke_glass: boolean;
  /** Nobody proposed it: whatever its signatures and its state say, it does not run. */
  planted: boolean;
  signatures: Signature[];
}

/** The digest of an action with these parameters in place of its own. */
export function digestWith(row: Proposed, parameters: Record<string, unknown>): string {
  return actionDigest({
    workspace: row.workspace_id,
    agent: row.agent_id,
    session: row.session_id,
    action_type: row.type,
    parameters,
    policy_version: row.policy_version,
  });
}

/** What a signature has to be of now; undefined when action or display are not what their digests say. */
export function signedNow(
  row: Proposed,
  approval: Pick<
    SignedRow,
    'display' | 'display_digest' | 'needs' | 'narrowed' | 'narrowed_digest'
  >,
): Signed | undefined {
  const { narrowed, narrowed_digest: own } = approval;
  const shown = approval.display as { needs?: Need[] };
  const intact =
    digestWith(row, row.parameters) === row.digest &&
    digest(approval.display) === approval.display_digest &&
    (shown.needs === undefined || digest(shown.needs) === digest(approval.needs)) &&
    (narrowed === null ? own === null : digestWith(row, narrowed) === own);
  if (!intact) return undefined;
  return { digest: own ?? row.digest, displayDigest: approval.display_digest };
}

/**
 * The parameters that an approved action runs with; undefined when it is not what was signed,
 * or when the signatures that are stored do not suffice.
 */
export function approvedParameters(
  row: Proposed,
  approval: SignedRow | undefined,
): Record<string, unknown> | undefined {
  if (approval?.decision !== 'approved' || approval.planted) return undefined;
  const signed = signedNow(row, approval);
  if (!signed) return undefined;
  const enough = approval.broke_glass
    ? // By itself: who broke it may have signed before, as one of several.
      counted(approval.signatures.filter(brokeIt), signed).length > 0
    : quorumOf(approval.needs, approval.signatures, signed).met;
  return enough ? (approval.narrowed ?? row.parameters) : undefined;
}

/** A signature that broke the glass takes no place; an ordinary one breaks none. */
const brokeIt = ({ places }: Signature) => places.length === 0;
