'use client';

import { useState } from 'react';
import { beginDraft, isTyped, saveDraft, seeSaved } from './draft';

/**
 * The values of a form over those that are saved, which may change meanwhile: they are followed
 * until something is typed. What is typed then stays, and `meanwhile` says that others have saved.
 */
export function useDraft<T>(saved: T) {
  const [form, setForm] = useState(() => beginDraft(saved));
  const now = seeSaved(form, saved);
  if (now !== form) setForm(now);
  const { began, draft, meanwhile } = now;
  return {
    began,
    draft,
    meanwhile,
    typed: isTyped(now),
    change: (next: (draft: T) => T) => setForm((form) => ({ ...form, draft: next(form.draft) })),
    save: (sent: T, as: T) => setForm((form) => saveDraft(form, sent, as)),
    discard: () => setForm(beginDraft(saved)),
  };
}
