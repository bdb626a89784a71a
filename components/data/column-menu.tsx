'use client';

import { Columns3 } from 'lucide-react';
import { Checkbox } from '../ui/choice';
import { Button, IconButton } from '../ui/button';
import { Popover } from '../ui/menu';
import type { Column } from './table-model';

interface Props<T> {
  columns: Column<T>[];
  chosen: Record<string, boolean>;
  onChange: (chosen: Record<string, boolean>) => void;
}

/** Which columns to show; remembered in this browser. */
export function ColumnMenu<T>({ columns, chosen, onChange }: Props<T>) {
  // A column without a heading, as that of a row's menu, is always there.
  const named = columns.filter(({ header }) => header !== '');
  return (
    <Popover label="Columns" align="end" trigger={<IconButton label="Columns" icon={Columns3} />}>
      <div className="grid w-48 gap-2">
        {named.map((column) => (
          <Checkbox
            key={column.id}
            label={column.header}
            checked={Boolean(column.fixed) || (chosen[column.id] ?? !column.hidden)}
            disabled={Boolean(column.fixed)}
            onCheckedChange={(on) => onChange({ ...chosen, [column.id]: on })}
          />
        ))}
        <Button size="sm" variant="ghost" onClick={() => onChange({})}>
          Reset
        </Button>
      </div>
    </Popover>
  );
}
