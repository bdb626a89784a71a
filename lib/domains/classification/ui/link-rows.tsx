'use client';

import { Plus, Trash2 } from 'lucide-react';
import {
  Button,
  Combobox,
  type ComboOption,
  fieldErrors,
  IconButton,
  Input,
  Select,
} from '@/components/ui';
import { searchFields } from '../queries';
import type { DataLink } from '../schema';

let made = 0;

/** A link as it is edited; each has a key of its own, so that what is typed stays with it. */
export function newLink(link: Omit<DraftLink, 'key'>): DraftLink {
  made += 1;
  return { ...link, key: `link-${made}` };
}

export interface DraftLink {
  key: string;
  direction: DataLink['direction'];
  path: string;
  fieldId: string;
  /** What the field is called. */
  label: string;
}

async function load(query: string): Promise<ComboOption[]> {
  return (await searchFields(query)).map(({ id, name, asset, classification }) => ({
    value: id,
    label: `${asset.name}.${name}`,
    hint: classification,
  }));
}

export interface LinkRowsProps {
  links: DraftLink[];
  parameters: string[];
  error: unknown;
  onChange: (links: DraftLink[]) => void;
}

/** Links as rows: where, and which field. */
export function LinkRows({ links, parameters, error, onChange }: LinkRowsProps) {
  const errors = fieldErrors(error);
  const add = (direction: DataLink['direction']) =>
    onChange([...links, newLink({ direction, path: '', fieldId: '', label: '' })]);
  const change = (key: string, patch: Partial<DraftLink>) =>
    onChange(links.map((link) => (link.key === key ? { ...link, ...patch } : link)));
  return (
    <div className="grid gap-2.5">
      {links.map((link, index) => {
        const wrong = errors[`links.${index}.path`] ?? errors[`links.${index}.fieldId`];
        const place = `Place ${index + 1}`;
        return (
          <div
            key={link.key}
            role="group"
            aria-label={`Link ${index + 1}`}
            className="grid grid-cols-[minmax(0,1fr)_auto] gap-2 wide:grid-cols-[56px_minmax(0,1fr)_minmax(0,1fr)_auto] wide:items-center"
          >
            <span className="text-text-3 max-wide:col-span-2">
              {link.direction === 'input' ? 'takes' : 'gives'}
            </span>
            <div className="max-wide:col-span-2">
              {link.direction === 'input' ? (
                <Select
                  aria-label={place}
                  value={link.path}
                  placeholder="Choose a parameter…"
                  options={[...new Set([...parameters, link.path].filter(Boolean))].map(
                    (value) => ({
                      value,
                      label: parameters.includes(value)
                        ? value
                        : `${value} (no parameter any more)`,
                    }),
                  )}
                  onValueChange={(path) => change(link.key, { path })}
                />
              ) : (
                <Input
                  aria-label={place}
                  className="mono"
                  spellCheck={false}
                  autoComplete="off"
                  placeholder="customers[].email"
                  value={link.path}
                  onChange={(event) => change(link.key, { path: event.target.value })}
                />
              )}
            </div>
            <Combobox
              aria-label={`Field ${index + 1}`}
              value={link.fieldId}
              selectedLabel={link.label}
              load={load}
              placeholder="Choose a field…"
              emptyText="No field matches. Add it under Classification."
              onValueChange={(fieldId, option) =>
                change(link.key, { fieldId, label: option?.label ?? '' })
              }
            />
            <IconButton
              icon={Trash2}
              label={`Remove link ${index + 1}`}
              onClick={() => onChange(links.filter(({ key }) => key !== link.key))}
            />
            {wrong ? (
              <p role="alert" className="col-span-full text-sm text-deny">
                {wrong}
              </p>
            ) : null}
          </div>
        );
      })}
      <div className="flex flex-wrap gap-2">
        <Button
          size="sm"
          icon={Plus}
          disabledReason={parameters.length === 0 ? 'It takes no parameters.' : null}
          onClick={() => add('input')}
        >
          Parameter
        </Button>
        <Button size="sm" icon={Plus} onClick={() => add('output')}>
          Part of the result
        </Button>
      </div>
      <p className="note">
        A part of the result is a path: names joined by dots, [] for lists, * for any.
      </p>
    </div>
  );
}
