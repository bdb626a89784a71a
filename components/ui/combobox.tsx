'use client';

import { Command } from 'cmdk';
import { Check, ChevronDown, X } from 'lucide-react';
import { Popover as Radix } from 'radix-ui';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useDebounced } from '../hooks/small';
import { readProblem } from '../problem';
import { control, cx, floating } from './cx';

export interface ComboOption {
  value: string;
  label: string;
  hint?: string;
  keywords?: string;
}

interface Shared {
  options?: ComboOption[];
  /** Asks elsewhere for what matches; the options given are not used. */
  load?: (query: string) => Promise<ComboOption[]>;
  placeholder?: string;
  emptyText?: string;
  disabled?: boolean;
  invalid?: boolean;
  id?: string;
  className?: string;
  'aria-label'?: string;
  'aria-describedby'?: string;
}

interface Found {
  of: string | null;
  list: ComboOption[];
  /** Why there is nothing to choose from, where the search failed. */
  problem?: string;
}

const nothing: Found = { of: null, list: [] };

function useOptions(
  open: boolean,
  { options, load }: Shared,
  onFound: (list: ComboOption[], of: string) => void,
) {
  const [query, setQuery] = useState('');
  const [found, setFound] = useState(nothing);
  const settled = useDebounced(query, 150);
  const told = useRef(onFound);
  useEffect(() => {
    told.current = onFound;
  });
  useEffect(() => {
    if (!load || !open) return;
    let current = true;
    const failed = (error: unknown): Found => ({
      ...{ of: settled, list: [] },
      problem: readProblem(error).sentence,
    });
    void load(settled)
      .then((list): Found => ({ of: settled, list }), failed)
      .then((answer) => {
        if (!current) return;
        setFound(answer);
        told.current(answer.list, settled);
      });
    return () => {
      current = false;
    };
  }, [load, open, settled]);
  // What was found for something else than what is written now is shown, and not chosen from.
  const busy = load !== undefined && found.of !== query;
  const { list, problem } = load ? found : { list: options ?? [] };
  return { query, setQuery, busy, list, problem };
}

function Picker({
  shared,
  chosen,
  onPick,
  trigger,
  keepOpen,
}: {
  shared: Shared;
  chosen: string[];
  onPick: (option: ComboOption) => void;
  trigger: (list: ComboOption[]) => ReactNode;
  keepOpen?: boolean;
}) {
  const [open, setOpen] = useState(false);
  const choose = (option: ComboOption) => {
    onPick(option);
    if (!keepOpen) setOpen(false);
  };
  // The first of what is found is highlighted, however late it comes. An Enter before that is kept,
  // and chooses what is found when it is a single one.
  const [lit, setLit] = useState('');
  const entered = useRef(false);
  const { query, setQuery, busy, list, problem } = useOptions(open, shared, (found, of) => {
    if (of !== query) return;
    setLit(found[0]?.value ?? '');
    if (entered.current && found.length === 1 && found[0]) choose(found[0]);
    entered.current = false;
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') {
      entered.current = false;
      return;
    }
    if (!busy) return;
    event.preventDefault();
    entered.current = true;
  };
  const label = shared['aria-label'];
  const listId = useId();
  return (
    <Radix.Root
      open={open}
      onOpenChange={(next) => {
        entered.current = false;
        if (!shared.disabled) setOpen(next);
      }}
    >
      <Radix.Trigger asChild>
        <button
          type="button"
          role="combobox"
          aria-expanded={open}
          aria-haspopup="dialog"
          aria-controls={listId}
          id={shared.id}
          disabled={shared.disabled}
          {...(label ? { 'aria-label': label } : {})}
          {...(shared['aria-describedby']
            ? { 'aria-describedby': shared['aria-describedby'] }
            : {})}
          {...(shared.invalid ? { 'aria-invalid': true as const } : {})}
          className={cx(
            control,
            'inline-flex w-full items-center gap-2 text-left',
            shared.className,
          )}
        >
          <span className="min-w-0 flex-1 truncate">{trigger(list)}</span>
          <ChevronDown aria-hidden className="size-3.5 shrink-0 text-text-3" strokeWidth={1.5} />
        </button>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          id={listId}
          aria-label={label ?? shared.placeholder ?? 'Choose'}
          className={cx(
            floating,
            'w-[max(var(--radix-popover-trigger-width),16rem)] max-w-[calc(100vw-16px)]',
          )}
        >
          <Command
            shouldFilter={!shared.load}
            label={label ?? 'Options'}
            onKeyDown={onKeyDown}
            {...(shared.load ? { value: lit, onValueChange: setLit } : {})}
          >
            <Command.Input
              value={query}
              onValueChange={setQuery}
              placeholder="Type to narrow…"
              className="w-full border-b border-line bg-transparent px-3 py-2 outline-none"
            />
            <Command.List className="max-h-64 overflow-y-auto p-1">
              {busy && list.length === 0 ? (
                <div className="px-2 py-2 text-text-3">Looking…</div>
              ) : null}
              {!busy ? (
                <Command.Empty className={cx('px-2 py-2', problem ? 'text-deny' : 'text-text-3')}>
                  {problem ?? shared.emptyText ?? 'Nothing matches.'}
                </Command.Empty>
              ) : null}
              {list.map((option) => (
                <Command.Item
                  key={option.value}
                  value={option.value}
                  keywords={[option.label, option.hint ?? '', option.keywords ?? '']}
                  onSelect={() => choose(option)}
                  title={[option.label, option.hint].filter(Boolean).join(', ')}
                  className="flex min-h-8 items-center gap-2 rounded-sm px-2 py-1 select-none data-[selected=true]:bg-raised max-wide:min-h-11"
                >
                  <Check
                    aria-hidden
                    strokeWidth={2}
                    className={cx(
                      'size-3.5 shrink-0 text-accent',
                      !chosen.includes(option.value) && 'invisible',
                    )}
                  />
                  <span className="min-w-0">
                    <span className="block truncate">{option.label}</span>
                    {option.hint ? (
                      <span className="block truncate text-sm text-text-3">{option.hint}</span>
                    ) : null}
                  </span>
                </Command.Item>
              ))}
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Stands in a picker for choosing none, whose value is the empty one. */
const NONE = 'none';
export const pickedOf = (value: string): string => value || NONE;
export const valueOf = (picked: string): string => (picked === NONE ? '' : picked);

/** The same search with none to choose before what is there. */
export const orNone =
  (label: string, find: (query: string) => Promise<ComboOption[]>) => async (query: string) => [
    ...(query === '' ? [{ value: NONE, label }] : []),
    ...(await find(query)),
  ];

export interface ComboboxProps extends Shared {
  value: string;
  onValueChange: (value: string, option?: ComboOption) => void;
  /** The label of a value that is not among the options (yet). */
  selectedLabel?: string;
}

export function Combobox({ value, onValueChange, selectedLabel, ...shared }: ComboboxProps) {
  const [picked, setPicked] = useState<ComboOption>();
  return (
    <Picker
      shared={shared}
      chosen={[value]}
      onPick={(option) => {
        setPicked(option);
        onValueChange(option.value, option);
      }}
      trigger={(list) => {
        const known =
          list.find((option) => option.value === value) ??
          (picked?.value === value ? picked : undefined);
        const text = known?.label ?? selectedLabel ?? value;
        return text ? text : <span className="text-text-3">{shared.placeholder ?? 'Choose…'}</span>;
      }}
    />
  );
}

export interface MultiComboboxProps extends Shared {
  value: string[];
  onValueChange: (value: string[]) => void;
}

export function MultiCombobox({ value, onValueChange, ...shared }: MultiComboboxProps) {
  const [labels, setLabels] = useState<Record<string, string>>({});
  const labelOf = (id: string) =>
    shared.options?.find((option) => option.value === id)?.label ?? labels[id] ?? id;
  const toggle = (id: string) =>
    onValueChange(value.includes(id) ? value.filter((v) => v !== id) : [...value, id]);
  return (
    <div className="grid gap-1.5">
      <Picker
        shared={shared}
        chosen={value}
        keepOpen
        onPick={(option) => {
          setLabels((known) => ({ ...known, [option.value]: option.label }));
          toggle(option.value);
        }}
        trigger={() => (
          <span className="text-text-3">
            {value.length > 0 ? `${value.length} chosen` : (shared.placeholder ?? 'Choose…')}
          </span>
        )}
      />
      {value.length > 0 ? (
        <ul className="flex flex-wrap gap-1.5">
          {value.map((id) => (
            <li
              key={id}
              className="inline-flex items-center rounded-sm bg-raised pl-2 text-sm shadow-[inset_0_0_0_1px_var(--line)]"
            >
              {labelOf(id)}
              <button
                type="button"
                aria-label={`Remove ${labelOf(id)}`}
                disabled={shared.disabled}
                onClick={() => toggle(id)}
                className="inline-flex size-6 items-center justify-center text-text-3 hover:text-text max-wide:size-9"
              >
                <X aria-hidden className="size-3" />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
