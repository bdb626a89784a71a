import { humanize } from '@/components/format';
import { Ladder, Tier } from '@/components/data';
import { type Condition, conditionWords } from '../condition';
import { limitWords } from '../limit-words';
import type { Ladder as LadderShape, Limits, Tier as TierShape } from '../schema';

/** The tier of a permission, or its ladder where an amount decides. */
export function TierRule({ tier, ladder }: { tier: TierShape | null; ladder: LadderShape | null }) {
  if (ladder) {
    return (
      <div className="grid max-w-md min-w-48 gap-0.5">
        <span className="note -mb-5">by {humanize(ladder.parameter).toLowerCase()}</span>
        <Ladder
          autonomous={ladder.autonomous}
          supervised={ladder.supervised}
          gated={ladder.gated}
        />
      </div>
    );
  }
  return tier ? <Tier value={tier} /> : <span className="text-text-3">none</span>;
}

export function LimitList({ limits }: { limits: Limits }) {
  const words = limitWords(limits);
  if (words.length === 0) return <span className="text-text-3">no limits</span>;
  return (
    <ul className="num flex flex-wrap gap-x-3 gap-y-0.5">
      {words.map((each) => (
        <li key={each}>{each}</li>
      ))}
    </ul>
  );
}

/** When a permission holds, where it does not always. */
export function ConditionNote({ condition }: { condition: Condition }) {
  if (condition.length === 0) return null;
  return <p className="text-sm text-text-2">Only if {conditionWords(condition)}.</p>;
}
