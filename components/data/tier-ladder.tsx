'use client';

import { Slider } from 'radix-ui';
import { useEffect, useId, useState } from 'react';
import { formatExact } from '../format';
import { Checkbox } from '../ui/choice';
import { cx } from '../ui/cx';
import { Input } from '../ui/input';
import { Tier } from './atoms';
import { LadderBar } from './ladder';
import {
  ladderSentence,
  moveRung,
  roundUp,
  rungs,
  topOf,
  type LadderValue,
  type Rung,
} from './ladder-math';
import { typedAmount } from './typed-amount';

export interface TierLadderProps {
  value: LadderValue;
  onChange: (value: LadderValue) => void;
  /** Told when a bound that is typed is none, which then stays as typed, and when that is mended. */
  onInvalidChange?: (invalid: boolean) => void;
  format?: (amount: number) => string;
  unit?: string;
  disabled?: boolean;
  min?: number;
  /** Of dragging and arrow keys; what is typed is taken as it is. */
  step?: number;
  className?: string;
}

interface Typed {
  text: string;
  fault?: string;
}

const tierOf: Record<Rung, 1 | 2 | 3> = { autonomous: 1, supervised: 2, gated: 3 };

/** Edits the thresholds of one amount, by dragging, arrow keys or typing. Moving one takes others along. */
export function TierLadder({
  value,
  onChange,
  onInvalidChange,
  format = formatExact,
  unit,
  disabled,
  min = 0,
  step = 1,
  className,
}: TierLadderProps) {
  const id = useId();
  // The scale holds still while a handle moves, else it would run away from the pointer.
  const [scale, setScale] = useState(() => roundUp(topOf(value) * 1.25));
  const [dragging, setDragging] = useState(false);
  const wanted = roundUp(topOf(value) * 1.25);
  useEffect(() => {
    if (!dragging) setScale(wanted);
  }, [dragging, wanted]);

  const present = rungs.filter((rung) => value[rung] !== null);
  const [typed, setTyped] = useState<Partial<Record<Rung, Typed | undefined>>>({});
  const put = (rung: Rung, next: Typed | undefined) => {
    const all = { ...typed, [rung]: next };
    setTyped(all);
    onInvalidChange?.(rungs.some((each) => all[each]?.fault !== undefined));
  };
  const move = (rung: Rung, to: number | null) => {
    put(rung, undefined);
    onChange(moveRung(value, rung, to));
  };
  const commit = (rung: Rung) => {
    const text = typed[rung]?.text;
    if (text === undefined) return;
    const read = typedAmount(text, min);
    if ('amount' in read) move(rung, read.amount);
    else put(rung, { text, fault: read.fault });
  };
  const turnOn = (rung: Rung) => {
    const index = rungs.indexOf(rung);
    const below = Math.max(min, ...rungs.slice(0, index).map((each) => value[each] ?? min));
    const above = rungs
      .slice(index + 1)
      .map((each) => value[each])
      .find((each) => each !== null);
    move(rung, above ?? (below > 0 ? below * 2 : 100));
  };

  return (
    <div className={cx('grid gap-3', className)}>
      {present.length > 0 ? (
        <Slider.Root
          value={present.map((rung) => value[rung] ?? 0)}
          min={min}
          max={Math.max(scale, topOf(value))}
          step={step}
          disabled={disabled ?? false}
          onValueChange={(next) => {
            setDragging(true);
            const changed = present.findIndex((rung, index) => next[index] !== value[rung]);
            const rung = present[changed];
            if (rung) move(rung, next[changed] ?? 0);
          }}
          onValueCommit={() => setDragging(false)}
          className="relative flex h-8 touch-none items-center"
        >
          <Slider.Track className="relative h-2 grow">
            <LadderBar ladder={value} max={Math.max(scale, topOf(value))} />
          </Slider.Track>
          {present.map((rung) => (
            <Slider.Thumb
              key={rung}
              aria-label={`${rung} up to`}
              aria-valuetext={format(value[rung] ?? 0)}
              className="relative block h-5 w-2.5 cursor-ew-resize rounded-sm border border-text-2 bg-panel shadow-float before:absolute before:-inset-x-2 before:-inset-y-2 data-disabled:cursor-not-allowed"
            />
          ))}
        </Slider.Root>
      ) : (
        <div className="flex h-8 items-center">
          <LadderBar ladder={value} max={1} className="grow" />
        </div>
      )}
      <div className="grid gap-2 wide:grid-cols-3">
        {rungs.map((rung) => (
          <div
            key={rung}
            className="grid content-start gap-1.5 rounded-md border border-line px-3 py-2.5 max-wide:grid-cols-2 max-wide:items-center"
          >
            <Checkbox
              id={`${id}-${rung}-on`}
              checked={value[rung] !== null}
              disabled={disabled ?? false}
              onCheckedChange={(on) => (on ? turnOn(rung) : move(rung, null))}
              label={<Tier value={tierOf[rung]} />}
            />
            {value[rung] === null ? (
              <div className="note flex min-h-8 items-center">no amount</div>
            ) : (
              <label className="flex items-center gap-2 text-text-3">
                <span className="whitespace-nowrap">up to</span>
                <Input
                  aria-label={unit ? `${rung} up to, ${unit}` : `${rung} up to`}
                  inputMode="decimal"
                  disabled={disabled ?? false}
                  invalid={typed[rung]?.fault !== undefined}
                  {...(typed[rung]?.fault ? { 'aria-describedby': `${id}-${rung}-fault` } : {})}
                  value={typed[rung]?.text ?? String(value[rung] ?? 0)}
                  onChange={(event) => put(rung, { text: event.target.value })}
                  onBlur={() => commit(rung)}
                  onKeyDown={(event) => {
                    if (event.key === 'Enter') {
                      event.preventDefault();
                      commit(rung);
                    } else if (event.key === 'Escape') put(rung, undefined);
                  }}
                  {...(unit ? { suffix: unit } : {})}
                  className="num"
                />
              </label>
            )}
            {typed[rung]?.fault ? (
              <p
                role="alert"
                id={`${id}-${rung}-fault`}
                className="text-sm text-deny max-wide:col-span-2"
              >
                {typed[rung].fault}
              </p>
            ) : null}
          </div>
        ))}
      </div>
      <p aria-live="polite" className="note">
        {ladderSentence(value, format)}
      </p>
    </div>
  );
}
