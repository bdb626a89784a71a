'use client';

import { useQuery } from '@tanstack/react-query';
import { FileX2, Lock, LockOpen } from 'lucide-react';
import { useState } from 'react';
import { humanize } from '@/components/format';
import {
  Button,
  ConfirmDialog,
  JsonView,
  Notice,
  Panel,
  QueryView,
  Section,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { payloadPaths, payloadQuery } from '../queries';
import type { OpenedPayload, PayloadView } from '../schema';

/** What of an event is protected: sealed until someone who may reads it with a reason, or erased for good. */
export function PayloadPanel({ id, classification }: { id: string; classification: string }) {
  const query = useQuery(payloadQuery(id));
  // Held here and nowhere else, so that leaving the page forgets it.
  const [opened, setOpened] = useState<OpenedPayload | null>(null);
  const view = query.data;
  const readable = view?.members.some(({ state }) => state === 'sealed') ?? false;
  return (
    <Panel
      title={`Protected · ${classification}`}
      note={noteOf(view, opened)}
      padded={false}
      actions={
        view && readable && !opened ? (
          <ReadButton view={view} onOpened={setOpened} />
        ) : opened ? (
          <Button size="sm" icon={Lock} onClick={() => setOpened(null)}>
            Hide
          </Button>
        ) : null
      }
    >
      <QueryView query={query} title="What is protected could not be loaded">
        {(loaded) => <Members view={loaded} opened={opened} />}
      </QueryView>
    </Panel>
  );
}

function noteOf(view: PayloadView | undefined, opened: OpenedPayload | null): string {
  if (opened) return 'Your reading is in the trail';
  if (view?.members.every(({ state }) => state === 'erased')) return 'Erased';
  return 'Sealed; reading it is recorded';
}

function Members({ view, opened }: { view: PayloadView; opened: OpenedPayload | null }) {
  return view.members.map(({ name, key, state }) => (
    <Section key={name} title={humanize(name)}>
      {opened && name in opened.payload ? (
        <JsonView value={opened.payload[name]} open={3} label={humanize(name)} maxHeight={480} />
      ) : state === 'erased' ? (
        <Notice icon={FileX2} title="Erased">
          Its key, {key}, was destroyed. It can never be read again; the proof of the event holds.
        </Notice>
      ) : (
        <p className="flex items-center gap-2 text-text-2">
          <Lock aria-hidden className="size-4 shrink-0 text-text-3" />
          <span>
            Sealed under <span className="mono">{key}</span>
          </span>
        </p>
      )}
    </Section>
  ));
}

function ReadButton({
  view,
  onOpened,
}: {
  view: PayloadView;
  onOpened: (opened: OpenedPayload) => void;
}) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button size="sm" icon={LockOpen} onClick={() => setAsking(true)} can={view.can.read}>
        Read payload…
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Read the protected payload?"
        description="Who reads it, when and why becomes an event in the trail."
        confirmLabel="Read payload"
        tone="primary"
        reason="required"
        reasonLabel="Why you need to read it"
        onConfirm={async ({ reason }) => {
          onOpened(await api.post<OpenedPayload>(payloadPaths.payload(view.id), { reason }));
        }}
      />
    </>
  );
}
