import {
  Ban,
  Check,
  CircleDashed,
  CircleHelp,
  Clock,
  Coins,
  Eye,
  FlaskConical,
  Hourglass,
  Lock,
  LockKeyhole,
  LockOpen,
  LoaderCircle,
  Mail,
  Minus,
  Pause,
  Pencil,
  RotateCcw,
  Trash2,
  Undo2,
  X,
  Zap,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { humanize } from '../format';
import { Badge } from '../ui/badge';
import { cx, toneText, type Tone } from '../ui/cx';

export type DecisionValue = 'allow' | 'hold' | 'deny';

const decisions: Record<DecisionValue, { icon: LucideIcon; word: string }> = {
  allow: { icon: Check, word: 'Allow' },
  hold: { icon: Clock, word: 'Hold' },
  deny: { icon: X, word: 'Deny' },
};

export interface DecisionProps {
  value: DecisionValue;
  word?: ReactNode;
  iconOnly?: boolean;
  className?: string;
}

/** One colour, one icon and one word for each of the three, everywhere. */
export function Decision({ value, word, iconOnly, className }: DecisionProps) {
  const { icon: Icon, word: usual } = decisions[value];
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1.5 font-medium whitespace-nowrap',
        toneText[value],
        className,
      )}
    >
      <Icon aria-hidden className="size-3.5 shrink-0" strokeWidth={1.75} />
      <span className={iconOnly ? 'sr-only' : undefined}>{word ?? usual}</span>
    </span>
  );
}

export type TierValue = 1 | 2 | 3;
export const tierWords: Record<TierValue, string> = {
  1: 'autonomous',
  2: 'supervised',
  3: 'gated',
};

export interface TierProps {
  value: TierValue;
  word?: boolean;
  raisedFrom?: TierValue;
  className?: string;
}

const heights = ['h-[5px]', 'h-2', 'h-3'];

export function Tier({ value, word = true, raisedFrom, className }: TierProps) {
  return (
    <span className={cx('inline-flex items-center gap-2 whitespace-nowrap', className)}>
      <span aria-hidden className="inline-flex h-3 items-end gap-0.5">
        {heights.map((height, index) => (
          <i
            key={height}
            className={cx(
              'w-1 rounded-[1px]',
              height,
              index < value ? 'bg-text' : 'bg-line-strong',
            )}
          />
        ))}
      </span>
      <span className={word ? 'num' : 'sr-only'}>
        <span className="sr-only">Tier </span>
        {value}, {tierWords[value]}
      </span>
      {raisedFrom && raisedFrom !== value ? (
        <span className="note">raised from {raisedFrom}</span>
      ) : null}
    </span>
  );
}

const classes: Record<string, { icon: LucideIcon; tone: Tone }> = {
  public: { icon: LockOpen, tone: 'neutral' },
  internal: { icon: Eye, tone: 'neutral' },
  confidential: { icon: Lock, tone: 'hold' },
  restricted: { icon: LockKeyhole, tone: 'deny' },
};

export function Classification({ value, className }: { value: string; className?: string }) {
  const known = classes[value.toLowerCase()];
  return (
    <Badge
      icon={known?.icon ?? CircleHelp}
      tone={known?.tone ?? 'neutral'}
      {...(className ? { className } : {})}
    >
      {humanize(value)}
    </Badge>
  );
}

const reversals: Record<string, { icon: LucideIcon; tone: Tone; word: string }> = {
  'read-only': { icon: Eye, tone: 'neutral', word: 'Read-only' },
  reversible: { icon: Undo2, tone: 'neutral', word: 'Reversible' },
  'externally-reversible': { icon: RotateCcw, tone: 'hold', word: 'Externally reversible' },
  irreversible: { icon: Ban, tone: 'deny', word: 'Irreversible' },
};

export function Reversibility({
  value,
  detail,
  className,
}: {
  value: string;
  detail?: ReactNode;
  className?: string;
}) {
  const known = reversals[value.toLowerCase().replace(/[ _]/g, '-')];
  const Icon = known?.icon ?? CircleHelp;
  return (
    <span
      className={cx(
        'inline-flex items-start gap-1.5',
        toneText[known?.tone ?? 'neutral'],
        className,
      )}
    >
      <Icon aria-hidden className="mt-[3px] size-3.5 shrink-0" strokeWidth={1.5} />
      <span>
        {known?.word ?? humanize(value)}
        {detail ? <span className="text-text-2">: {detail}</span> : null}
      </span>
    </span>
  );
}

const effects: Record<string, { icon: LucideIcon; word: string }> = {
  read: { icon: Eye, word: 'Read' },
  write: { icon: Pencil, word: 'Write' },
  financial: { icon: Coins, word: 'Financial' },
  deletion: { icon: Trash2, word: 'Deletion' },
  'external-communication': { icon: Mail, word: 'External communication' },
};

export function EffectBadges({ value, className }: { value: string[]; className?: string }) {
  if (value.length === 0) return <span className="text-text-3">none</span>;
  return (
    <span className={cx('inline-flex flex-wrap gap-1', className)}>
      {value.map((effect) => {
        const known = effects[effect.toLowerCase().replace(/[ _]/g, '-')];
        return (
          <Badge key={effect} icon={known?.icon ?? Zap}>
            {known?.word ?? humanize(effect)}
          </Badge>
        );
      })}
    </span>
  );
}

export interface StatusLook {
  tone: Tone;
  label?: string;
  icon?: LucideIcon;
}

const good: StatusLook = { tone: 'allow', icon: Check };
const bad: StatusLook = { tone: 'deny', icon: X };
const over: StatusLook = { tone: 'neutral', icon: Minus };
const waiting: StatusLook = { tone: 'hold', icon: Clock };
const busy: StatusLook = { tone: 'accent', icon: LoaderCircle };

const statuses: Record<string, StatusLook> = {
  draft: { tone: 'neutral', icon: CircleDashed },
  active: good,
  probation: { tone: 'hold', icon: FlaskConical },
  suspended: { tone: 'deny', icon: Pause },
  retired: over,
  pending: waiting,
  held: waiting,
  approved: good,
  running: busy,
  succeeded: good,
  failed: bad,
  unknown: { tone: 'hold', icon: CircleHelp },
  rejected: bad,
  expired: { tone: 'neutral', icon: Hourglass },
  cancelled: over,
  revoked: { tone: 'neutral', icon: Ban },
  denied: bad,
  allowed: good,
  permitted: good,
  passed: good,
  pass: good,
  fail: bad,
  warning: waiting,
  due: waiting,
  overdue: bad,
  ok: good,
  correct: good,
  wrong: bad,
  unsure: { tone: 'hold', icon: CircleHelp },
  queued: waiting,
  done: good,
  disabled: over,
  enabled: good,
  ended: over,
  low: { tone: 'neutral' },
  medium: { tone: 'hold' },
  high: { tone: 'deny' },
};

/** For a word that a room gives itself: good and bad are told by more than a colour. */
const marks: Partial<Record<Tone, LucideIcon>> = { allow: Check, deny: X };

export interface StatusPillProps {
  value: string;
  map?: Record<string, StatusLook>;
  className?: string;
}

export function StatusPill({ value, map, className }: StatusPillProps) {
  const own = map?.[value];
  const look = own ?? statuses[value.toLowerCase()] ?? { tone: 'neutral' as const };
  const icon = look.icon ?? (own ? marks[own.tone] : undefined);
  return (
    <Badge tone={look.tone} {...(icon ? { icon } : {})} {...(className ? { className } : {})}>
      {look.label ?? humanize(value)}
    </Badge>
  );
}
