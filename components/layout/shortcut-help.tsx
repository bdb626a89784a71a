'use client';

import { useState } from 'react';
import { useShortcut, useShortcutList } from '../hooks/use-shortcut';
import { Dialog } from '../ui/dialog';
import { Kbd } from '../ui/kbd';

const names: Record<string, string> = {
  ...{ mod: 'Ctrl', space: 'Space', shift: 'Shift' },
  ...{ ArrowDown: 'Down', ArrowUp: 'Up', Escape: 'Esc' },
};

function Keys({ keys }: { keys: string }) {
  return (
    <span className="flex gap-1">
      {keys.split(' ').map((press, index) => (
        <Kbd key={index}>
          {press
            .split('+')
            .map((key) => names[key] ?? (press.includes('+') ? key.toUpperCase() : key))
            .join(' ')}
        </Kbd>
      ))}
    </span>
  );
}

/** The list under "?". It holds what is bound on the page that is open, nothing else. */
export function ShortcutHelp() {
  const [open, setOpen] = useState(false);
  useShortcut('?', () => setOpen(true), 'This list', { group: 'Everywhere' });
  const shortcuts = useShortcutList();
  const seen = new Set<string>();
  const unique = [...shortcuts].reverse().filter(({ keys }) => !seen.has(keys) && seen.add(keys));
  const groups = ['This page', 'Lists', ...unique.map(({ group }) => group), 'Everywhere'].filter(
    (group, index, all) =>
      group === 'Everywhere' ? index === all.length - 1 : all.indexOf(group) === index,
  );
  return (
    <Dialog open={open} onOpenChange={setOpen} title="Keyboard" size="sm">
      <div className="grid gap-4">
        {groups.map((group) => {
          const members = unique.filter((each) => each.group === group).reverse();
          if (members.length === 0) return null;
          return (
            <section key={group}>
              <h3 className="note mb-1">{group}</h3>
              <ul>
                {members.map(({ keys, label }) => (
                  <li
                    key={keys}
                    className="flex min-h-8 items-center justify-between gap-4 border-b border-line last:border-b-0"
                  >
                    {label}
                    <Keys keys={keys} />
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
      </div>
    </Dialog>
  );
}
