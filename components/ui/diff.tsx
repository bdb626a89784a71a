import { cx } from './cx';
import { diffObjects, diffWords, type Change, type Piece } from './diff-words';

const shown = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : value === undefined
      ? ''
      : JSON.stringify(value, null, Array.isArray(value) ? 0 : 2);

function Pieces({ pieces, drop }: { pieces: Piece[]; drop?: 'gone' | 'new' }) {
  return pieces.map((piece, index) => {
    if (piece.kind === drop) return null;
    if (piece.kind === 'same') return <span key={index}>{piece.text}</span>;
    return piece.kind === 'gone' ? (
      <del key={index} className="rounded-xs bg-deny-weak text-deny">
        {piece.text}
      </del>
    ) : (
      <ins key={index} className="rounded-xs bg-allow-weak text-allow no-underline">
        {piece.text}
      </ins>
    );
  });
}

export interface DiffProps {
  before: unknown;
  after: unknown;
  /** Show what stayed the same too. */
  unchanged?: boolean;
  className?: string;
}

/** Two JSON values, leaf by leaf, by word inside a leaf. */
export function Diff({ before, after, unchanged, className }: DiffProps) {
  const changes = diffObjects(before ?? undefined, after ?? undefined).filter(
    (each) => unchanged || each.kind !== 'same',
  );
  if (changes.length === 0) return <div className="note">Nothing changed.</div>;
  return (
    <dl
      className={cx(
        'mono divide-y divide-line overflow-hidden rounded-md border border-line',
        className,
      )}
    >
      {changes.map((change) => (
        <div
          key={change.path}
          className="grid gap-x-4 px-3 py-1.5 wide:grid-cols-[minmax(120px,30%)_1fr]"
        >
          <dt className="break-all text-text-3">{change.path || 'value'}</dt>
          <dd className="min-w-0 [overflow-wrap:anywhere] whitespace-pre-wrap">
            <Leaf change={change} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Leaf({ change: { kind, before, after } }: { change: Change }) {
  if (kind === 'same') return <span className="text-text-3">{shown(before)}</span>;
  if (kind === 'added')
    return <Line sign="+" pieces={[{ kind: 'new', text: shown(after) || '""' }]} />;
  if (kind === 'removed')
    return <Line sign="−" pieces={[{ kind: 'gone', text: shown(before) || '""' }]} />;
  const whole = typeof before !== 'string' || typeof after !== 'string';
  const pieces: Piece[] = whole
    ? [
        { kind: 'gone', text: shown(before) },
        { kind: 'new', text: shown(after) },
      ]
    : diffWords(before, after);
  return (
    <>
      <Line sign="−" pieces={pieces} drop="new" />
      <Line sign="+" pieces={pieces} drop="gone" />
    </>
  );
}

function Line({ sign, pieces, drop }: { sign: string; pieces: Piece[]; drop?: 'gone' | 'new' }) {
  return (
    <div className="flex gap-2">
      <span className={cx('select-none', sign === '+' ? 'text-allow' : 'text-deny')}>
        <span aria-hidden>{sign}</span>
        <span className="sr-only">{sign === '+' ? 'After: ' : 'Before: '}</span>
      </span>
      <span className="min-w-0">
        <Pieces pieces={pieces} {...(drop ? { drop } : {})} />
      </span>
    </div>
  );
}

/** Two texts in one, by word. */
export function TextDiff({
  before,
  after,
  className,
}: {
  before: string;
  after: string;
  className?: string;
}) {
  return (
    <div
      className={cx(
        'mono overflow-x-auto rounded-md border border-line bg-raised px-3 py-2 whitespace-pre-wrap',
        className,
      )}
    >
      <Pieces pieces={diffWords(before, after)} />
    </div>
  );
}
