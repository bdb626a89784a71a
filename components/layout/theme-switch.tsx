'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { ToggleGroup } from 'radix-ui';
import { useEffect } from 'react';
import { useStored } from '../hooks/small';
import { cx } from '../ui/cx';

type Theme = 'system' | 'light' | 'dark';

const choices = [
  { value: 'system', label: 'As the system', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
] as const;

/** public/theme.js applies the same choice before the first paint. */
export function ThemeSwitch({ className }: { className?: string }) {
  const [theme, setTheme] = useStored<Theme>('theme', 'system');
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
  return (
    <ToggleGroup.Root
      type="single"
      aria-label="Theme"
      value={theme}
      onValueChange={(next) => next && setTheme(next as Theme)}
      className={cx('inline-flex rounded-md border border-line bg-raised p-0.5', className)}
    >
      {choices.map(({ value, label, icon: Icon }) => (
        <ToggleGroup.Item
          key={value}
          value={value}
          aria-label={label}
          title={label}
          className="flex size-6 items-center justify-center rounded-sm text-text-3 hover:text-text data-[state=on]:bg-panel data-[state=on]:text-text data-[state=on]:shadow-[inset_0_0_0_1px_var(--line)] max-wide:size-11"
        >
          <Icon aria-hidden className="size-3.5" strokeWidth={1.5} />
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
