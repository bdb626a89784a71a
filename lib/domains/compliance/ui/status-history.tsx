import type { CheckView } from '../schema';
import { statusMap } from './status';

const colour = { pass: 'bg-allow', fail: 'bg-deny', error: 'bg-hold' };
const height = { pass: 'h-2', fail: 'h-3.5', error: 'h-3' };

/** The latest runs as bars, oldest first; a failure is taller, so that it shows without colour. */
export function StatusHistory({ history }: { history: CheckView['history'] }) {
  if (history.length === 0) return null;
  const shown = history.toReversed();
  const words = shown.map(({ status, at }) => `${at.slice(0, 16)} ${statusMap[status].label}`);
  return (
    <span
      role="img"
      aria-label={`Last ${shown.length} runs: ${words.join('; ')}`}
      className="inline-flex h-3.5 items-end gap-0.5"
    >
      {shown.map(({ status, at }) => (
        <i key={at} className={`w-1 rounded-[1px] ${colour[status]} ${height[status]}`} />
      ))}
    </span>
  );
}
