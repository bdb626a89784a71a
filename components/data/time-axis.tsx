import { cx } from '../ui/cx';
import { instantLabel, spanOf, ticks } from './chart-scale';

/** The words under an axis of time, each under the point that it names; about `count` of them. */
export function TimeAxis({ points, count }: { points: { at: string }[]; count: number }) {
  const span = spanOf(points);
  const last = points.length - 1;
  return (
    <span aria-hidden className="relative block h-4 w-full">
      {ticks(points.length, count).map((index) => (
        <span
          key={index}
          style={{ left: `${last > 0 ? (100 * index) / last : 0}%` }}
          className={cx(
            'absolute whitespace-nowrap',
            index > 0 && (index === last ? '-translate-x-full' : '-translate-x-1/2'),
          )}
        >
          {instantLabel(points[index]?.at ?? '', span)}
        </span>
      ))}
    </span>
  );
}
