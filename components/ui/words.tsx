import type { ReactNode } from 'react';
import { cx } from './cx';

const initials = (name: string): string => {
  const words = name
    .replace(/[^\p{L}\p{N} ]/gu, ' ')
    .trim()
    .split(/\s+/);
  return (
    (words[0]?.[0] ?? '?') + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')
  ).toUpperCase();
};

export function Avatar({
  name,
  size = 24,
  className,
}: {
  name: string;
  size?: number;
  className?: string;
}) {
  return (
    <span
      aria-hidden
      className={cx(
        'grid shrink-0 place-items-center rounded-full bg-accent-weak text-[11px] font-semibold text-accent',
        className,
      )}
      style={{ width: size, height: size }}
    >
      {initials(name)}
    </span>
  );
}

export function Mark({ children }: { children: ReactNode }) {
  return <mark className="rounded-[3px] bg-hold-weak px-0.5 text-inherit">{children}</mark>;
}

/** Something that is there and may not be seen. */
export function Redacted({ label = 'Redacted', width = 64 }: { label?: string; width?: number }) {
  return (
    <span
      className="inline-block rounded-[3px] bg-text align-middle select-none"
      style={{ width, height: '1.1em' }}
      title={label}
    >
      <span className="sr-only">{label}</span>
    </span>
  );
}

/** The words of an agent or of someone outside: quoted, and never presented as ours. */
export function ExternalText({
  children,
  note = "In the agent's words. Not verified.",
  className,
}: {
  children: ReactNode;
  note?: string;
  className?: string;
}) {
  return (
    <blockquote
      className={cx(
        'max-w-[68ch] border-l-2 border-line-strong py-0.5 pl-3 text-text-2',
        className,
      )}
    >
      <span className="[overflow-wrap:anywhere] whitespace-pre-wrap">{children}</span>
      <span className="block text-sm text-text-3">{note}</span>
    </blockquote>
  );
}

// The hyphen in "C-21066" is where a line may break otherwise.
const NUMBERED = /(\b[A-Z]{1,4}-\d+\b)/;

/** A sentence in which no id is broken over two lines. */
export function Sentence({ children }: { children: string }) {
  return (
    <>
      {children.split(NUMBERED).map((part, index) =>
        index % 2 === 1 ? (
          <span key={index} className="whitespace-nowrap">
            {part}
          </span>
        ) : (
          part
        ),
      )}
    </>
  );
}
