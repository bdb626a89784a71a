import { Fragment } from 'react';
import { humanize } from '@/components/format';
import { valueWords } from './words';

/** The parameters the tool will be called with, exactly; beside them what was proposed where it is not the same. */
export function Parameters({
  parameters,
  proposed = parameters,
}: {
  parameters: Record<string, unknown>;
  proposed?: Record<string, unknown>;
}) {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return <span className="text-text-3">none</span>;
  return (
    <dl className="grid grid-cols-[110px_minmax(0,1fr)] gap-x-3.5 gap-y-[7px] wide:grid-cols-[150px_minmax(0,1fr)]">
      {entries.map(([name, value]) => (
        <Fragment key={name}>
          <dt className="[overflow-wrap:anywhere] text-text-3" title={name}>
            {humanize(name)}
          </dt>
          <dd className="num min-w-0 [overflow-wrap:anywhere] whitespace-pre-wrap">
            {valueWords(value)}
            {value !== proposed[name] && valueWords(value) !== valueWords(proposed[name]) ? (
              <>
                {' '}
                <del className="text-text-3">{valueWords(proposed[name])}</del>
              </>
            ) : null}
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** Session attributes on one line each. */
export function Attributes({ attributes }: { attributes: Record<string, unknown> }) {
  const entries = Object.entries(attributes);
  if (entries.length === 0) return <span className="text-text-3">none bound</span>;
  return (
    <ul>
      {entries.map(([name, value]) => (
        <li key={name}>
          <span className="text-text-2">{humanize(name)}</span>{' '}
          <span className="num">{valueWords(value)}</span>
        </li>
      ))}
    </ul>
  );
}
