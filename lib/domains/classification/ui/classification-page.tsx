'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Database, FileUp, Plus } from 'lucide-react';
import { useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { DataTable, FilterBar } from '@/components/data';
import { Button, EmptyState, Panel } from '@/components/ui';
import { useActor } from '@/lib/domains/workspaces';
import { classifications } from '../levels';
import { manageClassification } from '../policy';
import { dataAssetsQuery } from '../queries';
import { assetColumns } from './columns';
import { DataAssetDialog } from './data-asset-dialog';
import { ImportDialog } from './import-dialog';

const states = [
  { value: 'active', label: 'active' },
  { value: 'retired', label: 'retired' },
];

/** Which data there is, how sensitive it is, and what agents are answered of it. */
export function ClassificationPage() {
  const [url, setUrl] = useUrlState({ q: '', state: '', classification: '', new: '', import: '' });
  const actor = useActor();
  const can = actor && manageClassification(actor);
  const { new: asking, import: importId, ...wanted } = url;
  const filters = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== ''));
  const query = useInfiniteQuery(dataAssetsQuery(filters));
  const close = (open: boolean) => (open ? undefined : setUrl({ new: '' }));
  const actions = (
    <>
      <Button icon={FileUp} can={can} onClick={() => setUrl({ new: 'import' })}>
        Import…
      </Button>
      <Button variant="primary" icon={Plus} can={can} onClick={() => setUrl({ new: 'asset' })}>
        New data asset
      </Button>
    </>
  );
  return (
    <Page>
      <PageHeader
        title="Classification"
        subtitle="Which data there is, and what agents may have of it"
        actions={actions}
      />
      <FilterBar
        search={{ placeholder: 'Search data assets and fields' }}
        filters={[
          {
            param: 'classification',
            label: 'Has',
            options: classifications.map((value) => ({ value, label: value })),
          },
          { param: 'state', label: 'State', options: states },
        ]}
      />
      <Panel padded={false} className="overflow-hidden">
        <DataTable
          id="data-assets"
          label="Data assets"
          columns={assetColumns}
          query={query}
          rowKey={(asset) => asset.id}
          rowHref={(asset) => `/classification/${asset.id}`}
          empty={
            Object.keys(filters).length > 0 ? (
              <EmptyState icon={Database} title="No data asset matches">
                Clear a filter, or search for another name.
              </EmptyState>
            ) : (
              <EmptyState icon={Database} title="No data assets yet" action={actions}>
                Import a PostgreSQL schema or a JSON Schema: each field’s classification is
                proposed, and you confirm it. Then link fields to action types in the catalog.
              </EmptyState>
            )
          }
        />
      </Panel>
      <DataAssetDialog open={asking === 'asset' && can?.allowed === true} onOpenChange={close} />
      <ImportDialog
        open={asking === 'import' && can?.allowed === true}
        onOpenChange={close}
        importId={importId}
        onImportId={(id) => setUrl({ import: id })}
      />
    </Page>
  );
}
