'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useDraft } from '@/components/hooks';
import { Unsaved } from '@/components/layout';
import {
  Button,
  ChangedMeanwhile,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  Panel,
  QueryView,
  Select,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { changed } from '@/lib/kernel/defined';
import { reviewKeys, reviewPaths, reviewSettingsQuery } from '../queries';
import type { ReviewSettings, ReviewSettingsView } from '../schema';

/** How actions are sampled, and when their verdicts propose another tier. */
export function SamplingForm() {
  return (
    <QueryView query={useQuery(reviewSettingsQuery())}>
      {(view) => <SettingsForm view={view} />}
    </QueryView>
  );
}

type Size = ReviewSettings['size'];

const starts: Record<Size['by'], Size> = {
  error_rate: { by: 'error_rate', errorRate: 0.05, confidence: 0.95 },
  fixed: { by: 'fixed', count: 30 },
  share: { by: 'share', share: 0.1 },
};

function SettingsForm({ view: { can, settings } }: { view: ReviewSettingsView }) {
  const client = useQueryClient();
  const form = useDraft(settings);
  const { size, ...rest } = form.draft;
  const set = (patch: Partial<ReviewSettings>) => form.change((draft) => ({ ...draft, ...patch }));
  const setSize = (next: Size) => set({ size: next });
  const save = useMutation({
    mutationFn: (sent: ReviewSettings) =>
      api.patch<ReviewSettingsView>(reviewPaths.settings, changed(form.began, sent)),
    onSuccess: (saved, sent) => {
      form.save(sent, saved.settings);
      client.setQueryData(reviewKeys.settings, saved);
      toast.good('Settings saved', 'They hold from the next day that closes.');
      return client.invalidateQueries({ queryKey: reviewKeys.all });
    },
  });
  const locked = !can.update.allowed;
  const errors = fieldErrors(save.error);
  const number = (
    label: string,
    hint: string,
    suffix: string,
    value: number,
    onChange: (value: number) => void,
    field: string,
  ) => (
    <NumberField
      {...{ label, hint, suffix, value, onChange, disabled: locked }}
      error={errors[field]}
    />
  );
  // Nothing that was typed is rounded away, and nothing shown that its binary form adds.
  const percent = (share: number) => Number((share * 100).toPrecision(12));
  return (
    <Form onSubmit={() => save.mutate(form.draft)} className="gap-3.5">
      <Unsaved what={form.typed ? ['the sampling settings'] : []} />
      <ChangedMeanwhile shown={form.meanwhile && !save.isPending} onDiscard={form.discard} />
      <FormError error={save.error} />
      <Panel
        title="The daily sample"
        note="A day keeps the setting that held when it closed; the seed is known to nobody by then"
      >
        <div className="grid gap-4 wide:grid-cols-2">
          <Field label="Size" hint="How many of a day’s tier-2 actions are drawn.">
            <Select
              value={size.by}
              onValueChange={(by) => setSize(starts[by as Size['by']])}
              disabled={locked}
              options={[
                { value: 'error_rate', label: 'To detect an error rate' },
                { value: 'fixed', label: 'A fixed number' },
                { value: 'share', label: 'A share' },
              ]}
            />
          </Field>
          {size.by === 'fixed'
            ? number(
                'How many',
                '0 to 1,000.',
                'actions',
                size.count,
                (count) => setSize({ ...size, count }),
                'size.count',
              )
            : null}
          {size.by === 'share'
            ? number(
                'Share',
                '0.1 to 100 %.',
                '%',
                percent(size.share),
                (share) => setSize({ ...size, share: share / 100 }),
                'size.share',
              )
            : null}
          {size.by === 'error_rate' ? (
            <>
              {number(
                'Error rate',
                'If this many are wrong, the sample shows at least one; 0.1 to 50 %.',
                '%',
                percent(size.errorRate),
                (rate) => setSize({ ...size, errorRate: rate / 100 }),
                'size.errorRate',
              )}
              {number(
                'Confidence',
                'How certain that is; 50 to 99.9 %.',
                '%',
                percent(size.confidence),
                (part) => setSize({ ...size, confidence: part / 100 }),
                'size.confidence',
              )}
            </>
          ) : null}
          {number(
            'At least from each group',
            'A group is an agent, an action type and an amount band; 0 to 50.',
            'actions',
            rest.minimum,
            (minimum) => set({ minimum }),
            'minimum',
          )}
          <Field
            label="Amount bands"
            hint="Whether large and small amounts are groups of their own."
          >
            <Select
              value={rest.bands}
              onValueChange={(bands) => set({ bands: bands as ReviewSettings['bands'] })}
              disabled={locked}
              options={[
                { value: 'powers_of_ten', label: 'By powers of ten' },
                { value: 'none', label: 'None' },
              ]}
            />
          </Field>
          {number(
            'Reviewed twice',
            'Blind: nobody sees the other’s verdict before both are in.',
            '%',
            percent(rest.twice),
            (part) => set({ twice: part / 100 }),
            'twice',
          )}
        </div>
      </Panel>
      <Panel
        title="Proposals"
        note="When 90 days of verdicts suggest another tier; nothing changes by itself"
      >
        <div className="grid gap-4 wide:grid-cols-2">
          {number(
            'Up a tier above',
            'When the whole interval lies above this; 1 to 90 %.',
            '% wrong',
            percent(rest.raiseAbove),
            (part) => set({ raiseAbove: part / 100 }),
            'raiseAbove',
          )}
          {number(
            'Down a tier below',
            'When the whole interval lies below this; 0.1 to 20 %.',
            '% wrong',
            percent(rest.lowerBelow),
            (part) => set({ lowerBelow: part / 100 }),
            'lowerBelow',
          )}
          {number(
            'Down only after',
            'With fewer, no lower tier is proposed; 20 to 10,000.',
            'verdicts',
            rest.enough,
            (enough) => set({ enough }),
            'enough',
          )}
        </div>
      </Panel>
      <div>
        <Button type="submit" variant="primary" can={can.update} loading={save.isPending}>
          Save settings
        </Button>
      </div>
    </Form>
  );
}

interface NumberFieldProps {
  label: string;
  hint: string;
  suffix: string;
  value: number;
  onChange: (value: number) => void;
  disabled: boolean;
  error: string | undefined;
}

/** What is no number is refused at its field when it is saved. */
function numberOf(text: string): number {
  const typed = text.trim().replace(',', '.');
  return typed === '' ? Number.NaN : Number(typed);
}

/** Shows what was typed, number or not, as long as it is the value. */
function NumberField({ label, hint, suffix, value, onChange, disabled, error }: NumberFieldProps) {
  const [text, setText] = useState(String(value));
  return (
    <Field label={label} hint={hint} {...(error ? { error } : {})}>
      <Input
        inputMode="decimal"
        className="num"
        value={Object.is(numberOf(text), value) ? text : String(value)}
        suffix={suffix}
        disabled={disabled}
        onChange={(event) => {
          setText(event.target.value);
          onChange(numberOf(event.target.value));
        }}
      />
    </Field>
  );
}
