import type { Tool, ToolAuth } from '../schema';
import { changed } from '@/lib/kernel/defined';

/** A tool while it is edited; the timeout as typed, '' for none and any. */
export interface ToolDraft {
  name: string;
  description: string;
  baseUrl: string;
  auth: ToolAuth['type'];
  header: string;
  secretId: string;
  environment: string;
  timeout: string;
}

export function draftOf(tool?: Tool): ToolDraft {
  return {
    name: tool?.name ?? '',
    description: tool?.description ?? '',
    baseUrl: tool?.baseUrl ?? '',
    auth: tool?.auth.type ?? 'none',
    header: tool?.auth.type === 'header' ? tool.auth.header : 'X-API-Key',
    secretId: tool?.secret?.id ?? '',
    environment: tool?.environment ?? '',
    timeout: String(tool?.timeoutMs ?? 10_000),
  };
}

/** The body that registers it. */
export function bodyOf(draft: ToolDraft) {
  const { name, description, baseUrl, environment, timeout } = draft;
  const auth: ToolAuth =
    draft.auth === 'header' ? { type: 'header', header: draft.header } : { type: draft.auth };
  return {
    ...{ name, description, baseUrl, auth },
    secretId: draft.auth === 'none' ? null : draft.secretId || null,
    environment: environment || null,
    // What is no number goes to the server as it is, so that its message is the one shown.
    timeoutMs: Number.isFinite(Number(timeout)) ? Number(timeout) : timeout,
  };
}

/** The body that changes one, which has only what differs from what the form began with. */
export const changesOf = (began: ToolDraft, draft: ToolDraft) =>
  changed(bodyOf(began), bodyOf(draft));
