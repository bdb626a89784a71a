'use client';

import { useQuery } from '@tanstack/react-query';
import { BellRing, Plus } from 'lucide-react';
import { useState } from 'react';
import { type Column, DataTable } from '@/components/data';
import { formatNumber } from '@/components/format';
import { Button, EmptyState, Panel, QueryView, SecretOnce, TimeAgo } from '@/components/ui';
import { channelsQuery } from '../queries';
import type { ChannelView, ChannelWithSecret } from '../schema';
import { ChannelForm } from './channel-form';
import { ChannelMenu } from './channel-menu';
import { audienceOf, ChannelState, kindWords } from './words';

/** Every channel with how it fares; decisions are taken in the console whatever is sent. */
export function ChannelsPanel() {
  const query = useQuery(channelsQuery());
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<ChannelWithSecret | null>(null);
  return (
    <QueryView query={query}>
      {({ items, can, email }) => (
        <>
          <Panel
            title="Channels"
            note="A message has one sentence and a link; the decision is taken here, under one’s own session"
            padded={false}
            actions={
              <Button
                variant="primary"
                size="sm"
                icon={Plus}
                can={can.create}
                onClick={() => setAdding(true)}
              >
                New channel
              </Button>
            }
          >
            <DataTable
              id="notification-channels"
              label="Channels"
              columns={columns(setMade)}
              rows={items}
              rowKey={(row) => row.id}
              empty={
                <EmptyState icon={BellRing} title="Nobody is told outside the console">
                  Add a channel: mail to those who may decide, a Slack or Teams channel, or a
                  webhook.
                </EmptyState>
              }
            />
          </Panel>
          {adding ? (
            <ChannelForm
              mail={email.configured}
              onClose={() => setAdding(false)}
              onSaved={(saved) => setMade(saved.secret === undefined ? null : saved)}
            />
          ) : null}
          {made?.secret ? (
            <SecretOnce
              title={`The signing secret of ${made.channel.name}`}
              description="The receiver checks with it that a message is from here (Standard Webhooks)."
              secret={made.secret}
              label="Signing secret"
              filename="signing-secret.txt"
              onDone={() => setMade(null)}
            />
          ) : null}
        </>
      )}
    </QueryView>
  );
}

function columns(onSecret: (made: ChannelWithSecret) => void): Column<ChannelView>[] {
  return [
    {
      id: 'name',
      header: 'Channel',
      fixed: true,
      phone: 'title',
      cell: (row) => (
        <>
          <span className="font-medium">{row.name}</span>
          <span className="note ml-2.5">
            {kindWords[row.kind]}
            {row.host ? `, ${row.host}` : ''}
          </span>
        </>
      ),
    },
    { id: 'for', header: 'For', width: '14%', cell: audienceOf },
    {
      id: 'state',
      header: 'State',
      width: '90px',
      cell: (row) => <ChannelState channel={row} />,
    },
    {
      id: 'delivered',
      header: 'Last sent',
      width: '100px',
      cell: (row) => <TimeAgo at={row.delivered_at} empty="never" />,
    },
    {
      id: 'waiting',
      header: 'Waiting',
      width: '80px',
      align: 'right',
      cell: (row) => <span className="num">{formatNumber(row.queued)}</span>,
    },
    {
      id: 'error',
      header: 'Failures',
      width: '18%',
      cell: (row) => {
        const why = row.error ?? row.reason;
        if (!why && row.failed === 0) return <span className="text-text-3">none</span>;
        const given = row.failed > 0 ? `${formatNumber(row.failed)} given up in 7 days. ` : '';
        return <span className="text-deny">{`${given}${why}`}</span>;
      },
    },
    {
      id: 'menu',
      header: '',
      align: 'right',
      width: '170px',
      fixed: true,
      phone: 'aside',
      cell: (row) => <ChannelMenu channel={row} onSecret={onSecret} />,
    },
  ];
}
