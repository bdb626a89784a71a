'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useId, useMemo, useState } from 'react';
import { plural } from '@/components/format';
import { Button, Dialog, Form, FormError, Notice, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { classificationKeys, classificationPaths, dataImportQuery } from '../queries';
import type { DataImport, ImportProposal, ImportResult } from '../schema';
import {
  type Choices,
  confirmedOf,
  countChosen,
  firstChoices,
  missingIn,
  requestOf,
  sentenceOf,
  type Source,
} from './import-draft';
import { ImportProgress } from './import-progress';
import { ImportProposalList } from './import-proposal';
import { ImportSource } from './import-source';

export interface ImportDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The import from a database that is shown; empty for none. */
  importId: string;
  onImportId: (id: string) => void;
}

/** Reads a schema, shows what it proposes, and stores what is confirmed. */
export function ImportDialog({ open, onOpenChange, importId, onImportId }: ImportDialogProps) {
  const form = useId();
  const router = useRouter();
  const client = useQueryClient();
  const [source, setSource] = useState<Source>({
    ...{ format: 'postgres', text: '', samples: '', secretId: '' },
  });
  /** What was chosen otherwise than proposed. */
  const [changed, setChanged] = useState<Choices>({});
  const propose = useMutation({
    mutationFn: async () => api.post<ImportProposal>(classificationPaths.import, requestOf(source)),
  });
  const start = useMutation({
    mutationFn: () =>
      api.post<DataImport>(classificationPaths.startImport, { secretId: source.secretId }),
    onSuccess: (started) => {
      client.setQueryData(classificationKeys.import(started.id), started);
      onImportId(started.id);
    },
  });
  const looking = useQuery({ ...dataImportQuery(importId), enabled: open && importId !== '' });
  const proposal = (importId ? looking.data?.proposal : propose.data) ?? undefined;
  const proposed = useMemo(() => (proposal ? firstChoices(proposal) : {}), [proposal]);
  const choices = { ...proposed, ...changed };
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
    start.reset();
    confirm.reset();
    setChanged({});
    onImportId('');
  };
  const database = source.format === 'database';
  const wrong = database ? start.error : propose.error;
  const submit = () => {
    if (missingIn(source) !== null) return;
    if (database) start.mutate();
    else propose.mutate();
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
        ) : importId ? (
          <>
            <Button onClick={startOver}>Back</Button>
            <Button onClick={() => onOpenChange(false)}>Close</Button>
          </>
        ) : (
          <>
            <Button onClick={() => onOpenChange(false)}>Cancel</Button>
            <Button
              type="submit"
              form={form}
              variant="primary"
              loading={propose.isPending || start.isPending}
              disabledReason={missingIn(source)}
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
            onChange={(asset, next) => setChanged((was) => ({ ...was, [asset]: next }))}
          />
        </div>
      ) : importId ? (
        <ImportProgress data={looking.data} error={looking.error} />
      ) : (
        <Form id={form} onSubmit={submit}>
          {wrong ? (
            <div role="alert">
              <Notice tone="deny">{sentenceOf(wrong)}</Notice>
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
