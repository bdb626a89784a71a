import { clsx, type ClassValue } from 'clsx';

export type Tone = 'neutral' | 'accent' | 'allow' | 'hold' | 'deny';

export const cx = (...values: ClassValue[]): string => clsx(values);

/** Text colour of a tone. */
export const toneText: Record<Tone, string> = {
  neutral: 'text-text',
  accent: 'text-accent',
  allow: 'text-allow',
  hold: 'text-hold',
  deny: 'text-deny',
};

/** Weak surface with text of the tone on it. */
export const toneWeak: Record<Tone, string> = {
  neutral: 'bg-raised text-text-2 shadow-[inset_0_0_0_1px_var(--line)]',
  accent: 'bg-accent-weak text-accent',
  allow: 'bg-allow-weak text-allow',
  hold: 'bg-hold-weak text-hold',
  deny: 'bg-deny-weak text-deny',
};

/** The CSS colour of a tone, for drawings. */
export const toneVar: Record<Tone, string> = {
  neutral: 'var(--text-3)',
  accent: 'var(--accent)',
  allow: 'var(--allow)',
  hold: 'var(--hold)',
  deny: 'var(--deny)',
};

/** Large areas of a tone: softer than its text, still apart from its neighbours. */
export const toneFill: Record<Tone, string> = {
  neutral: 'var(--fill-neutral)',
  accent: 'var(--accent)',
  allow: 'var(--fill-allow)',
  hold: 'var(--fill-hold)',
  deny: 'var(--fill-deny)',
};

export const floating =
  'z-50 rounded-lg border border-line bg-panel text-text shadow-float animate-in outline-none';

export const control =
  'min-w-0 rounded-md border bg-panel px-2.5 min-h-8 max-wide:min-h-11 text-text transition-colors ' +
  'border-line-control/60 hover:border-line-control aria-invalid:border-deny ' +
  'disabled:bg-raised disabled:text-text-3 disabled:cursor-not-allowed';
