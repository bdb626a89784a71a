'use client';

import { useState } from 'react';
import { plural } from '@/components/format';
import { Badge, Checkbox } from '@/components/ui';
import type { ImportProposal, KnownField } from '../schema';
import type { Choice, Choices } from './import-draft';
import { TreatmentSelect } from './treatment-select';
import { handlingWords } from './words';

export interface ImportProposalListProps {
  proposal: ImportProposal;
  choices: Choices;
  onChange: (asset: string, fields: Record<string, Choice>) => void;
}

/** What is proposed, asset by asset, to be confirmed field by field. */
export function ImportProposalList({ proposal, choices, onChange }: ImportProposalListProps) {
  const [first] = proposal.assets;
  const [open, setOpen] = useState<Record<string, boolean>>(first ? { [first.name]: true } : {});
  return (
    <ul className="grid gap-2">
      {proposal.assets.map((asset) => {
        const chosen = choices[asset.name] ?? {};
        const count = Object.values(chosen).filter(({ on }) => on).length;
        const all = count === asset.fields.length ? true : count > 0 ? 'indeterminate' : false;
        const shown = open[asset.name] === true;
        return (
          <li key={asset.name} className="rounded-lg border border-line">
            <div className="flex min-h-11 items-center gap-3 px-3">
              <Checkbox
                aria-label={`All fields of ${asset.name}`}
                checked={all}
                onCheckedChange={(on) =>
                  onChange(
                    asset.name,
                    Object.fromEntries(
                      Object.entries(chosen).map(([name, choice]) => [name, { ...choice, on }]),
                    ),
                  )
                }
              />
              <button
                type="button"
                aria-expanded={shown}
                className="flex min-h-11 min-w-0 flex-1 flex-wrap items-center gap-x-3 text-left"
                onClick={() => setOpen((was) => ({ ...was, [asset.name]: !shown }))}
              >
                <span className="mono font-medium [overflow-wrap:anywhere]">{asset.name}</span>
                <span className="note">
                  {count} of {plural(asset.fields.length, 'field')} chosen
                </span>
                {asset.existing ? <Badge>known already</Badge> : null}
              </button>
            </div>
            {shown ? (
              <ul className="border-t border-line">
                {asset.fields.map((field) => {
                  const choice = chosen[field.name];
                  return choice ? (
                    <ProposalRow
                      key={field.name}
                      field={field}
                      choice={choice}
                      onChange={(patch) =>
                        onChange(asset.name, { ...chosen, [field.name]: { ...choice, ...patch } })
                      }
                    />
                  ) : null;
                })}
              </ul>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}

interface ProposalRowProps {
  field: KnownField;
  choice: Choice;
  onChange: (patch: Partial<Choice>) => void;
}

function ProposalRow({ field, choice, onChange }: ProposalRowProps) {
  const { name, type, reason, current } = field;
  return (
    <li className="grid gap-x-4 gap-y-1.5 border-b border-line px-3 py-2 last:border-b-0 wide:grid-cols-[minmax(0,1fr)_auto] wide:items-center">
      <Checkbox
        checked={choice.on}
        onCheckedChange={(on) => onChange({ on })}
        label={
          <span className="[overflow-wrap:anywhere]">
            <span className="mono font-medium">{name}</span>
            {type ? <span className="note ml-2">{type}</span> : null}
          </span>
        }
        hint={
          <>
            {reason}
            {current
              ? ` It is ${current.classification} now: ${handlingWords[current.handling].label.toLowerCase()}.`
              : null}
          </>
        }
      />
      <TreatmentSelect name={name} value={choice} onChange={(patch) => onChange(patch)} />
    </li>
  );
}
