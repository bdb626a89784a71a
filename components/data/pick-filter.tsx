'use client';

import { useMemo } from 'react';
import { useUrlState } from '../hooks/use-url-state';
import { Combobox, type ComboOption, orNone, pickedOf, valueOf } from '../ui/combobox';

export interface PickFilterProps {
  param: string;
  label: string;
  /** What choosing none is called. */
  any: string;
  /** The words for what is chosen, once they are known. */
  nameOf: (value: string) => string | undefined;
  /** Finds by name; the same function at every render. */
  load: (query: string) => Promise<ComboOption[]>;
  emptyText: string;
}

/** A filter of more choices than a list can show: found by name, and in the URL as the others are. */
export function PickFilter({ param, label, any, nameOf, load, emptyText }: PickFilterProps) {
  const [url, set] = useUrlState({ [param]: '' });
  const value = url[param] ?? '';
  const shown = value === '' ? any : (nameOf(value) ?? value);
  const find = useMemo(() => orNone(any, load), [any, load]);
  return (
    <Combobox
      aria-label={`${label}: ${shown}`}
      className="max-w-44"
      value={pickedOf(value)}
      selectedLabel={shown}
      onValueChange={(picked) => set({ [param]: valueOf(picked) })}
      load={find}
      emptyText={emptyText}
    />
  );
}
