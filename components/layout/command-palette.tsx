'use client';

import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { useEffect, useState } from 'react';
import { useDebounced } from '../hooks/small';
import { useShortcut } from '../hooks/use-shortcut';
import { useGo } from '../hooks/use-unsaved';
import { Kbd } from '../ui/kbd';
import { useFocusBack } from '../ui/use-focus-back';
import { failedWords, type PaletteFound, type PaletteItem } from './palette-items';

export interface CommandPaletteProps {
  items: PaletteItem[];
  /** Fails for no source: it names those that did. The same function at every render. */
  search?: (query: string) => Promise<PaletteFound>;
  /** What is found in it. */
  placeholder?: string;
}

const OPEN = 'countersign:palette';

/** Opens the palette from anywhere. */
export function openPalette() {
  window.dispatchEvent(new Event(OPEN));
}

const nothing: PaletteFound = { items: [], failed: [] };

function useSearch(query: string, open: boolean, search: CommandPaletteProps['search']) {
  const settled = useDebounced(query.trim(), 180);
  const [found, setFound] = useState({ ...nothing, query: '' });
  useEffect(() => {
    if (!search || !open || settled.length < 2) return;
    let over = false;
    void search(settled).then((answer) => over || setFound({ ...answer, query: settled }));
    return () => {
      over = true;
    };
  }, [settled, open, search]);
  const asked = query.trim();
  const wanted = Boolean(search) && asked.length >= 2;
  return { ...(wanted ? found : nothing), busy: wanted && found.query !== asked };
}

export function CommandPalette({
  items,
  search,
  placeholder = 'Find a page…',
}: CommandPaletteProps) {
  const go = useGo();
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const found = useSearch(query, open, search);
  const { remember, giveBack } = useFocusBack();
  useShortcut('mod+k', () => setOpen((was) => !was), 'Search and commands', {
    group: 'Everywhere',
  });
  useEffect(() => {
    const show = () => setOpen(true);
    window.addEventListener(OPEN, show);
    return () => window.removeEventListener(OPEN, show);
  }, []);
  const choose = (item: PaletteItem) => {
    setOpen(false);
    setQuery('');
    if (item.onSelect) item.onSelect();
    else if (item.href) go(item.href);
  };
  const all = [
    ...items.map((item) => ({ item, remote: false })),
    ...found.items.map((item) => ({ item, remote: true })),
  ];
  const groups = [...new Set(all.map(({ item }) => item.group))];
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-in bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          onOpenAutoFocus={remember}
          onCloseAutoFocus={giveBack}
          className="fixed inset-x-0 top-0 z-50 mx-auto flex max-h-dvh w-full max-w-xl animate-in flex-col overflow-hidden border border-line bg-panel shadow-float outline-none wide:top-[12vh] wide:max-h-[64vh] wide:rounded-lg"
        >
          <Radix.Title className="sr-only">Search and commands</Radix.Title>
          <Command loop label="Search and commands" className="flex min-h-0 flex-col">
            <div className="flex items-center gap-2.5 border-b border-line px-4">
              <Search aria-hidden className="size-4 shrink-0 text-text-3" strokeWidth={1.5} />
              <Command.Input
                value={query}
                onValueChange={setQuery}
                placeholder={placeholder}
                className="min-h-12 w-full bg-transparent text-lg outline-none"
              />
              <Kbd className="text-text-3 max-wide:hidden">Esc</Kbd>
            </div>
            <Command.List className="min-h-0 overflow-y-auto p-1.5">
              {found.busy || found.failed.length > 0 ? null : (
                <Command.Empty className="px-3 py-6 text-center text-text-3">
                  {query ? `Nothing matches “${query}”.` : 'Nothing here yet.'}
                </Command.Empty>
              )}
              {groups.map((group) => (
                <Command.Group
                  key={group}
                  heading={group}
                  className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-text-3"
                >
                  {all
                    .filter(({ item }) => item.group === group)
                    .map(({ item, remote }) => (
                      <Item
                        key={item.id}
                        item={item}
                        query={remote ? query : ''}
                        onSelect={() => choose(item)}
                      />
                    ))}
                </Command.Group>
              ))}
            </Command.List>
            <div role="status" className="note empty:hidden border-t border-line px-4 py-2">
              {found.busy ? 'Looking…' : failedWords(found.failed)}
            </div>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** What a search returned has matched already: the query among its keywords keeps it from being filtered again. */
function Item({
  item,
  query,
  onSelect,
}: {
  item: PaletteItem;
  query: string;
  onSelect: () => void;
}) {
  const { icon: Icon, label, hint } = item;
  return (
    <Command.Item
      value={item.id}
      keywords={[label, hint ?? '', ...(item.keywords ?? []), ...(query ? [query] : [])]}
      onSelect={onSelect}
      className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 select-none data-[selected=true]:bg-accent-weak max-wide:min-h-11"
    >
      {Icon ? (
        <Icon aria-hidden className="size-[15px] shrink-0 text-text-3" strokeWidth={1.5} />
      ) : null}
      <span className="min-w-0 flex-1 truncate">{label}</span>
      {hint ? <span className="max-w-[45%] truncate text-sm text-text-3">{hint}</span> : null}
    </Command.Item>
  );
}
