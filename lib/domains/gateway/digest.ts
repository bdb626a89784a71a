import { digest } from '@/lib/kernel/canonical';
import type { Display } from './schema';

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

/** `sha256:…` over the RFC 8785 form of what the approver is shown. */
export function displayDigest(display: Display): string {
  return digest(display);
}
