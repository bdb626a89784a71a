import { digest } from '@/lib/kernel/canonical';
import type { Display } from './schema';
import type { ActionType } from './snapshot/snapshot';

/** What an approval of an action binds to. */
export interface DigestInput {
  workspace: string;
  agent: string;
  session: string;
  action_type: string;
  parameters: Record<string, unknown>;
  policy_version: string;
}

/** `sha256:…` over the RFC 8785 form of what is proposed and the policy it was decided under. */
export function actionDigest(input: DigestInput): string {
  return digest(input);
}

/**
 * What is sent where for actions of a type, beside their parameters. The digest is also of how
 * Countersign signs in there, so an approval binds to that too and shows nothing of it.
 */
export function requestOf({
  method,
  path_template,
  tool,
}: Pick<ActionType, 'method' | 'path_template' | 'tool'>): NonNullable<Display['request']> {
  const { id, base_url, auth, secret_id } = tool;
  return {
    method,
    url: `${base_url.replace(/\/+$/, '')}${path_template}`,
    digest: digest({ method, path_template, tool: id, base_url, auth, secret_id }),
  };
}

/** `sha256:…` over the RFC 8785 form of what the approver is shown. */
export function displayDigest(display: Display): string {
  return digest(display);
}
