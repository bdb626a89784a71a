import type { ReactNode } from 'react';
import { Disclosure } from '../ui/disclosure';

/** The same numbers as a table, behind every chart. */
export function ChartTable({
  label,
  head,
  rows,
}: {
  label: string;
  head: string[];
  rows: ReactNode[][];
}) {
  return (
    <Disclosure label="As a table">
      <div
        tabIndex={0}
        role="region"
        aria-label={`${label}, as a table`}
        className="mt-1 max-h-64 overflow-auto rounded-md border border-line"
      >
        <table className="num w-full text-sm">
          <caption className="sr-only">{label}</caption>
          <thead>
            <tr>
              {head.map((cell, index) => (
                <th
                  key={index}
                  scope="col"
                  className={`sticky top-0 border-b border-line bg-panel px-2.5 py-1 font-medium text-text-3 ${index ? 'text-right' : 'text-left'}`}
                >
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                {row.map((cell, place) => (
                  <td
                    key={place}
                    className={`px-2.5 py-0.5 whitespace-nowrap ${place ? 'text-right' : ''}`}
                  >
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Disclosure>
  );
}
