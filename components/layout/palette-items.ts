import type { LucideIcon } from 'lucide-react';

export interface PaletteItem {
  id: string;
  label: string;
  group: string;
  href?: string;
  onSelect?: () => void;
  icon?: LucideIcon;
  hint?: string;
  keywords?: string[];
}

export interface PaletteSource {
  /** What is found in it, as in “the search of agents”. */
  name: string;
  find: () => Promise<PaletteItem[]>;
}

export interface PaletteFound {
  items: PaletteItem[];
  /** The names of those that did not answer. */
  failed: string[];
}

/** What each of them finds. One that fails takes nothing of the others away. */
export async function findIn(sources: readonly PaletteSource[]): Promise<PaletteFound> {
  const answers = await Promise.allSettled(sources.map(({ find }) => find()));
  return {
    items: answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : [])),
    failed: sources.flatMap(({ name }, at) => (answers[at]?.status === 'rejected' ? [name] : [])),
  };
}

/** “The search of agents and events did not answer; the rest is listed all the same.” */
export function failedWords(failed: readonly string[]): string | null {
  if (failed.length === 0) return null;
  return `The search of ${failed.join(' and ')} did not answer; the rest is listed all the same.`;
}
