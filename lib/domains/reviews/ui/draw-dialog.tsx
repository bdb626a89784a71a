'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { formatDay, plural } from '@/components/format';
import { useNow } from '@/components/hooks';
import { Button, Dialog, Field, fieldErrors, Form, FormError, Input, toast } from '@/components/ui';
import { meQuery } from '@/lib/domains/workspaces';
import { api } from '@/lib/http/fetcher';
import { dayOf } from '../day';
import { reviewKeys, reviewPaths } from '../queries';

/** Draws actions of a day beside the daily sample. */
export function DrawDialog({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const form = useId();
  const client = useQueryClient();
  const zone = useQuery({ ...meQuery(), staleTime: 60_000 }).data?.workspace.timeZone;
  const now = useNow(60_000);
  const [chosen, setChosen] = useState<string | null>(null);
  // Today where the workspace is, until another day is chosen.
  const day = chosen ?? (zone ? dayOf(new Date(now), zone) : '');
  const [size, setSize] = useState('10');
  const draw = useMutation({
    mutationFn: () => api.post<{ drawn: number }>(reviewPaths.draw, { day, size: Number(size) }),
    onSuccess: ({ drawn }) => {
      toast.good(
        `Drew ${plural(drawn, 'action')}`,
        `From ${formatDay(day)}; they are open for review now.`,
      );
      onOpenChange(false);
      return client.invalidateQueries({ queryKey: reviewKeys.all });
    },
  });
  const errors = fieldErrors(draw.error);
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) draw.reset();
        onOpenChange(next);
      }}
      size="sm"
      title="Draw extra sample"
      description="Chosen at random among the tier-2 actions that ran on that day and are not sampled yet."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" loading={draw.isPending}>
            Draw
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => draw.mutate()}>
        <FormError error={draw.error} />
        <Field label="Day" required hint="In the time zone of the workspace." error={errors['day']}>
          <Input type="date" value={day} onChange={(event) => setChosen(event.target.value)} />
        </Field>
        <Field label="How many" required hint="1 to 200." error={errors['size']}>
          <Input
            inputMode="numeric"
            className="num"
            value={size}
            onChange={(event) => setSize(event.target.value)}
          />
        </Field>
      </Form>
    </Dialog>
  );
}
