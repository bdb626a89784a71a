'use client';

import { useQuery } from '@tanstack/react-query';
import {
  Button,
  Combobox,
  Field,
  fieldErrors,
  Form,
  Input,
  Panel,
  Textarea,
} from '@/components/ui';
import { agentNameQuery, searchActionTypes, searchAgents } from '../explain/queries';
import type { QuestionUrl } from './question';

export interface ExplainFormProps {
  url: QuestionUrl;
  errors: Record<string, string>;
  problem: Error | null;
  pending: boolean;
  onChange: (patch: Partial<QuestionUrl>) => void;
  onAsk: () => void;
}

/** An action that nobody has proposed: which agent, what, and under which circumstances. */
export function ExplainForm({ url, errors, problem, pending, onChange, onAsk }: ExplainFormProps) {
  const agent = useQuery(agentNameQuery(url.agent)).data;
  const wrong = { ...fieldErrors(problem), ...errors };
  return (
    <Panel title="What if">
      <Form onSubmit={onAsk}>
        <div className="grid gap-3.5 wide:grid-cols-2">
          <Field label="Agent" required error={wrong['agent']}>
            <Combobox
              value={url.agent}
              selectedLabel={agent?.name ?? ''}
              onValueChange={(value) => onChange({ agent: value })}
              load={searchAgents}
              placeholder="Choose an agent…"
              emptyText="No agent has this name."
            />
          </Field>
          <Field label="Action type" required error={wrong['actionType']}>
            <Combobox
              value={url.type}
              onValueChange={(type) => onChange({ type })}
              load={searchActionTypes}
              placeholder="Choose an action type…"
              emptyText="No action type has this name."
            />
          </Field>
          <Field label="Parameters" optional error={wrong['parameters']} hint="A JSON object">
            <Textarea
              rows={3}
              className="mono"
              value={url.parameters}
              onChange={(event) => onChange({ parameters: event.target.value })}
            />
          </Field>
          <Field
            label="Session’s attributes"
            optional
            error={wrong['session']}
            hint="A JSON object, such as the customer it is about"
          >
            <Textarea
              rows={3}
              className="mono"
              value={url.session}
              onChange={(event) => onChange({ session: event.target.value })}
            />
          </Field>
          <Field label="User acted for" optional error={wrong['user']}>
            <Input value={url.user} onChange={(event) => onChange({ user: event.target.value })} />
          </Field>
          <Field label="Network address" optional error={wrong['address']}>
            <Input
              value={url.address}
              onChange={(event) => onChange({ address: event.target.value })}
            />
          </Field>
          <Field label="When" optional error={wrong['at']} hint="Now, if you leave it out">
            <Input
              type="datetime-local"
              value={url.at}
              onChange={(event) => onChange({ at: event.target.value })}
            />
          </Field>
        </div>
        <div className="flex justify-end">
          <Button type="submit" variant="primary" loading={pending}>
            Explain
          </Button>
        </div>
      </Form>
    </Panel>
  );
}
