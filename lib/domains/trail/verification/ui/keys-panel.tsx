'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { formatNumber } from '@/components/format';
import {
  Button,
  ConfirmDialog,
  CopyId,
  KeyValue,
  LinkButton,
  Panel,
  QueryView,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { signingKeysQuery, trailKeys, trailPaths } from '../../queries';

/** The log's signing keys, each endorsed by the one before, and the step to the next. */
export function KeysPanel() {
  const client = useQueryClient();
  const query = useQuery(signingKeysQuery());
  const [asking, setAsking] = useState(false);
  const roll = async () => {
    await api.post(trailPaths.rollSigningKey, {});
    toast.good('The key is rolled over', 'The checkpoint that covers it is signed by both keys.');
    await client.invalidateQueries({ queryKey: trailKeys.live });
  };
  return (
    <Panel
      title="Signing keys"
      note="Whoever knows one of them can follow to the newest"
      actions={
        query.data ? (
          <Button
            size="sm"
            icon={KeyRound}
            can={query.data.can.roll}
            onClick={() => setAsking(true)}
          >
            Roll over…
          </Button>
        ) : null
      }
    >
      <QueryView query={query} title="The keys could not be loaded">
        {({ items }) => (
          <KeyValue
            items={items.toReversed().map((key) => ({
              label: `Version ${key.version}`,
              value: (
                <span className="grid gap-1">
                  <CopyId id={key.key} full label={`version ${key.version}`} />
                  <span className="note inline-flex flex-wrap items-center gap-x-2">
                    {key.from_size === 0
                      ? 'From the first event on'
                      : `From ${formatNumber(key.from_size)} events on`}
                    {key.event ? (
                      <LinkButton size="sm" variant="ghost" href={`/trail/${key.event}`}>
                        The roll-over
                      </LinkButton>
                    ) : null}
                  </span>
                </span>
              ),
            }))}
          />
        )}
      </QueryView>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Roll the signing key over?"
        description="Do this when the key may have leaked, or when your policy says so. It cannot be undone; older checkpoints stay valid."
        effects={[
          'The next checkpoint is signed by this key and by the next one.',
          'Later checkpoints are signed by the next one alone; tell your auditors its verifier key.',
        ]}
        confirmLabel="Roll over"
        tone="primary"
        onConfirm={roll}
      />
    </Panel>
  );
}
