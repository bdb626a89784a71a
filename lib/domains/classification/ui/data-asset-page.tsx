'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Archive, Pencil, Plus } from 'lucide-react';
import { useState } from 'react';
import { Page, PageHeader } from '@/components/layout';
import { StatusPill } from '@/components/data';
import {
  Button,
  ConfirmDialog,
  CopyId,
  Panel,
  QueryView,
  SkeletonText,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { classificationKeys, classificationPaths, dataAssetQuery } from '../queries';
import type { DataAssetDetail, DataField } from '../schema';
import { countsSentence } from './columns';
import { DataAssetDialog } from './data-asset-dialog';
import { FieldDialog } from './field-dialog';
import { FieldList } from './field-list';
import { kindWord } from './words';

const back = { href: '/classification', label: 'Classification' };

/** One data asset: its fields, how sensitive each is, and where agents meet it. */
export function DataAssetPage({ id }: { id: string }) {
  const query = useQuery(dataAssetQuery(id));
  return (
    <Page>
      <QueryView
        query={query}
        title="This data asset could not be loaded"
        skeleton={
          <>
            <PageHeader title="Data asset" back={back} />
            <SkeletonText lines={8} className="py-4" />
          </>
        }
      >
        {(asset) => <Detail asset={asset} />}
      </QueryView>
    </Page>
  );
}

function Detail({ asset }: { asset: DataAssetDetail }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<'edit' | 'retire' | 'field' | DataField | null>(null);
  const close = () => setAsking(null);
  const field = typeof asking === 'object' && asking !== null ? asking : undefined;
  const retire = useMutation({
    mutationFn: () => api.post<DataAssetDetail>(classificationPaths.retire(asset.id)),
    onSuccess: () => {
      toast.good('Data asset retired', asset.name);
      return client.invalidateQueries({ queryKey: classificationKeys.all });
    },
  });
  const add = (
    <Button size="sm" icon={Plus} can={asset.can.update} onClick={() => setAsking('field')}>
      Add field
    </Button>
  );
  return (
    <>
      <PageHeader
        title={asset.name}
        back={back}
        actions={
          <>
            <Button icon={Pencil} can={asset.can.update} onClick={() => setAsking('edit')}>
              Edit
            </Button>
            <Button
              icon={Archive}
              variant="danger"
              can={asset.can.retire}
              onClick={() => setAsking('retire')}
            >
              Retire…
            </Button>
          </>
        }
        meta={
          <>
            <StatusPill value={asset.state} />
            <span>{kindWord(asset.kind)}</span>
            {asset.description ? <span>{asset.description}</span> : null}
            <CopyId id={asset.id} />
          </>
        }
      />
      <Panel title="Fields" note={countsSentence(asset)} actions={add} padded={false}>
        <FieldList asset={asset} onEdit={setAsking} add={add} />
      </Panel>
      <DataAssetDialog asset={asset} open={asking === 'edit'} onOpenChange={close} />
      <FieldDialog
        asset={asset}
        {...(field ? { field } : {})}
        open={asking === 'field' || field !== undefined}
        onOpenChange={close}
      />
      <ConfirmDialog
        open={asking === 'retire'}
        onOpenChange={close}
        title={`Retire ${asset.name}`}
        description="It cannot be brought back."
        effects={[
          'keeps its fields as they are, for the record',
          'lets no action type be linked to them any more',
        ]}
        confirmLabel="Retire"
        typeName={asset.name}
        onConfirm={() => retire.mutateAsync()}
      />
    </>
  );
}
