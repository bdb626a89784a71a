'use client';

import { useQueryClient } from '@tanstack/react-query';
import { CircleAlert, FlaskConical, RotateCw, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { plural } from '@/components/format';
import { useShortcut } from '@/components/hooks';
import { Button, ConfirmDialog, Notice, Sentence, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { endWords, wrongWords } from '../planted/words';
import { approvalKeys, approvalPaths } from '../queries';
import type { Approval } from '../schema';
import type { Batch, BatchAnswer } from './schema';
import { sentenceOf } from '../ui/words';
import type { Picks } from './use-picks';
import { useWarnings, type Warned, WarningMark } from './warnings';
import { amountsWords, batchUnreadWords, carryWords, decidedWords, signaturesWords } from './words';

type Decision = Batch['decision'];
interface Asked {
  decision: Decision;
  /** As they were when the dialog opened: what is signed is what it shows. */
  rows: Approval[];
}
/** What is said of one of them. */
interface Words {
  sentence: string;
  message: string;
}
const verbs = {
  approved: { now: 'Approve', done: 'approved' },
  rejected: { now: 'Reject', done: 'rejected' },
};

/** What is picked, its count and total, and the two ways to decide it. */
export function PickBar({ picks }: { picks: Picks }) {
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [refused, setRefused] = useState<Words[]>([]);
  const [planted, setPlanted] = useState<Words[]>([]);
  const { rows, selected } = picks;
  const ask = (decision: Decision) => setAsked({ decision, rows });
  const any = rows.length > 0;
  const warned = useWarnings(rows);
  useShortcut('x', () => selected && picks.toggle(selected), 'Pick or unpick', { group: 'Alike' });
  useShortcut('shift+ArrowDown', () => picks.extend(1), 'Pick with the next', { group: 'Alike' });
  useShortcut('shift+ArrowUp', () => picks.extend(-1), 'Pick with the one before', {
    group: 'Alike',
  });
  useShortcut('b a', () => ask('approved'), 'Approve what is picked', {
    group: 'Alike',
    when: any,
  });
  useShortcut('b r', () => ask('rejected'), 'Reject what is picked', { group: 'Alike', when: any });
  useShortcut('Escape', picks.clear, 'Pick none', { group: 'Alike', when: any });

  const send = async (reason: string) => {
    if (!asked) return;
    const items = asked.rows.map(({ id, display_digest }) => ({ id, display_digest }));
    const body = { decision: asked.decision, reason, items };
    const answer = await api.post<BatchAnswer>(approvalPaths.batch, body);
    const sentences = new Map(asked.rows.map((row) => [row.id, sentenceOf(row)]));
    setRefused(
      answer.items.flatMap(({ id, problem }) =>
        problem ? [{ sentence: sentences.get(id) ?? id, message: problem.message }] : [],
      ),
    );
    setPlanted(
      answer.items.flatMap(({ id, planted: told }) => {
        const row = asked.rows.find((one) => one.id === id);
        if (!told || !row) return [];
        const message = `${wrongWords(told, row.display.parameters)} ${endWords(told)}`;
        return [{ sentence: sentenceOf(row), message }];
      }),
    );
    const words = decidedWords(answer.items, verbs[asked.decision].done);
    if (words !== '') toast.good(words);
    picks.clear();
    await client.invalidateQueries({ queryKey: approvalKeys.all });
  };

  return (
    <>
      {refused.length > 0 ? (
        <Notice
          tone="deny"
          title={`${plural(refused.length, 'action')} not signed`}
          action={<Button onClick={() => setRefused([])}>Dismiss</Button>}
        >
          <Said items={refused} />
        </Notice>
      ) : null}
      {planted.length > 0 ? (
        <Notice
          tone="hold"
          icon={FlaskConical}
          title="Among them a request was planted. It was never going to run."
          action={<Button onClick={() => setPlanted([])}>Dismiss</Button>}
        >
          <div role="status">
            <Said items={planted} />
          </div>
        </Notice>
      ) : null}
      {any ? (
        <section
          aria-label="Picked actions"
          className="z-20 flex flex-wrap items-center gap-2.5 border-line-strong bg-panel px-3.5 py-2.5 shadow-float max-wide:fixed max-wide:inset-x-0 max-wide:bottom-[calc(56px+env(safe-area-inset-bottom))] max-wide:border-t wide:sticky wide:top-0 wide:rounded-lg wide:border"
        >
          <span role="status" className="max-wide:basis-full">
            <b className="font-medium">{rows.length} picked</b>
            <span className="num text-text-2"> {amountsWords(rows)}</span>
          </span>
          {warned.count > 0 ? (
            <span className="max-wide:basis-full">
              <WarningMark>{carryWords(warned.count)}</WarningMark>
            </span>
          ) : null}
          <Button variant="primary" kbd="b a" onClick={() => ask('approved')}>
            Approve {rows.length}…
          </Button>
          <Button variant="danger" kbd="b r" onClick={() => ask('rejected')}>
            Reject {rows.length}…
          </Button>
          <Button variant="ghost" onClick={picks.clear}>
            Clear
          </Button>
        </section>
      ) : null}
      <BatchDialog asked={asked} onClose={() => setAsked(null)} onConfirm={send} />
    </>
  );
}

function Said({ items }: { items: readonly Words[] }) {
  return (
    <ul className="grid gap-1">
      {items.map(({ sentence, message }) => (
        <li key={sentence} className="[overflow-wrap:anywhere]">
          {sentence}: {message}
        </li>
      ))}
    </ul>
  );
}

interface DialogProps {
  asked: Asked | null;
  onClose: () => void;
  onConfirm: (reason: string) => Promise<void>;
}

function BatchDialog({ asked, onClose, onConfirm }: DialogProps) {
  // Kept while it closes, so that it does not change under the reader's eyes.
  const [shown, setShown] = useState<Asked | null>(null);
  if (asked && asked !== shown) setShown(asked);
  if (!shown) return null;
  return <Open shown={shown} open={asked !== null} onClose={onClose} onConfirm={onConfirm} />;
}

function Open({
  shown: { rows, decision },
  open: isOpen,
  onClose,
  onConfirm,
}: Omit<DialogProps, 'asked'> & { shown: Asked; open: boolean }) {
  const approves = decision === 'approved';
  const warned = useWarnings(rows);
  return (
    <ConfirmDialog
      open={isOpen}
      onOpenChange={(open) => !open && onClose()}
      title={`${verbs[decision].now} ${plural(rows.length, 'action')}`}
      description={`${rows[0]?.display.action_type.key} by ${rows[0]?.agent.name}`}
      effects={[
        signaturesWords(rows.length),
        ...[amountsWords(rows)].filter(Boolean).map((words) => `is about ${words}`),
      ]}
      disabledReason={
        approves ? batchUnreadWords(warned.unread.size, rows.length, warned.pending) : null
      }
      confirmLabel={`${verbs[decision].now} ${rows.length}`}
      tone={approves ? 'primary' : 'danger'}
      reason={approves ? 'optional' : 'required'}
      reasonLabel="Reason, for the agent and the trail"
      onConfirm={({ reason }) => onConfirm(reason)}
    >
      <UnreadNotice warned={warned} of={rows.length} />
      {warned.count > 0 ? (
        <Notice tone="deny" icon={TriangleAlert} title={carryWords(warned.count, rows.length)} />
      ) : null}
      <ol aria-label="What is signed" className="grid gap-1.5 pl-5">
        {rows.map((row) => (
          <li key={row.id} className="list-decimal [overflow-wrap:anywhere]">
            <Sentence>{sentenceOf(row)}</Sentence>
            <RowSays id={row.id} warned={warned} />
          </li>
        ))}
      </ol>
    </ConfirmDialog>
  );
}

/** Says it once for all of them, with the way to try again. */
function UnreadNotice({
  warned: { unread, reading, readAgain },
  of,
}: {
  warned: Warned;
  of: number;
}) {
  if (unread.size === 0) return null;
  return (
    <div role="alert">
      <Notice
        tone="hold"
        icon={CircleAlert}
        title={`What is unusual about ${unread.size} of ${of} could not be read`}
        action={
          <Button icon={RotateCw} loading={reading} onClick={readAgain}>
            Try again
          </Button>
        }
      />
    </div>
  );
}

/** The warnings of one, beneath it. */
function RowSays({ id, warned }: { id: string; warned: Warned }) {
  if (warned.unread.has(id))
    return <p className="text-hold">What is unusual about it could not be read.</p>;
  return warned.of.get(id)?.map((sentence) => (
    <span key={sentence} className="block">
      <WarningMark>{`Warning: ${sentence}`}</WarningMark>
    </span>
  ));
}
