'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';
import { plural } from '@/components/format';
import { Button, Dialog, Form, FormError, Notice, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { classificationKeys, classificationPaths } from '../queries';
import type { ImportProposal, ImportResult } from '../schema';
import {
  type Choices,
  confirmedOf,
  countChosen,
  firstChoices,
  requestOf,
  sentenceOf,
  type Source,
} from './import-draft';
import { ImportProposalList } from './import-proposal';
import { ImportSource } from './import-source';

export interface ImportDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Reads a schema, shows what it proposes, and stores what is confirmed. */
export function ImportDialog({ open, onOpenChange }: ImportDialogProps) {
  const form = useId();
  const router = useRouter();
  const client = useQueryClient();
  const [source, setSource] = useState<Source>({ format: 'postgres', text: '', samples: '' });
  const [choices, setChoices] = useState<Choices>({});
  const propose = useMutation({
    mutationFn: async () => api.post<ImportProposal>(classificationPaths.import, requestOf(source)),
    onSuccess: (proposal) => setChoices(firstChoices(proposal)),
  });
  const proposal = propose.data;
  const confirm = useMutation({
    mutationFn: (confirmed: ReturnType<typeof confirmedOf>) =>
      api.post<ImportResult>(classificationPaths.confirmImport, confirmed),
    onSuccess: ({ items, created, updated }) => {
      void client.invalidateQueries({ queryKey: classificationKeys.all });
      toast.good(
        'Imported',
        `${plural(created, 'field')} added, ${updated} changed, in ${plural(items.length, 'data asset')}.`,
      );
      startOver();
      const [only, more] = items;
      if (only && !more) router.push(`/classification/${only.id}`);
      else onOpenChange(false);
    },
  });
  const startOver = () => {
    propose.reset();
    confirm.reset();
  };
  const chosen = countChosen(choices);
  const fields = proposal?.assets.reduce((all, asset) => all + asset.fields.length, 0) ?? 0;
  return (
    <Dialog
      open={open}
      size="lg"
      onOpenChange={onOpenChange}
      title="Import a schema"
      description={
        proposal
          ? `${plural(fields, 'field')} in ${plural(proposal.assets.length, 'data asset')}. Nothing is stored until you confirm it.`
          : 'Classifications are proposed by name and, with samples, by what values look like.'
      }
      footer={
        proposal ? (
          <>
            <Button onClick={startOver}>Back</Button>
            <Button
              variant="primary"
              loading={confirm.isPending}
              disabledReason={chosen === 0 ? 'Choose at least one field.' : null}
              onClick={() => confirm.mutate(confirmedOf(proposal, choices))}
            >
              Confirm {plural(chosen, 'field')}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={() => onOpenChange(false)}>Cancel</Button>
            <Button
              type="submit"
              form={form}
              variant="primary"
              loading={propose.isPending}
              disabledReason={source.text.trim() === '' ? 'Paste a schema first.' : null}
            >
              Propose
            </Button>
          </>
        )
      }
    >
      {proposal ? (
        <div className="grid gap-3">
          <FormError error={confirm.error} />
          <ImportProposalList
            proposal={proposal}
            choices={choices}
            onChange={(asset, next) => setChoices((was) => ({ ...was, [asset]: next }))}
          />
        </div>
      ) : (
        <Form id={form} onSubmit={() => (source.text.trim() ? propose.mutate() : undefined)}>
          {propose.error ? (
            <div role="alert">
              <Notice tone="deny">{sentenceOf(propose.error)}</Notice>
            </div>
          ) : null}
          <ImportSource
            source={source}
            onChange={(patch) => setSource((was) => ({ ...was, ...patch }))}
          />
        </Form>
      )}
    </Dialog>
  );
}
