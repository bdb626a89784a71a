import type { InputHTMLAttributes, ReactNode } from 'react';
import { Field, Input, Select, Textarea } from '@/components/ui';
import type { SinkDraft } from './sink-draft';

interface Props {
  draft: SinkDraft;
  set: (changes: Partial<SinkDraft>) => void;
  errors: Record<string, string>;
  /** A secret is there already; an empty one leaves it. */
  kept: boolean;
}

type TextKey = Exclude<keyof SinkDraft, 'kind' | 'format' | 'from' | 'transport'>;

/** What each kind of sink needs to be reached. */
export function TargetFields(props: Props) {
  const { kind } = props.draft;
  if (kind === 'webhook') return <WebhookFields {...props} />;
  return kind === 'syslog' ? <SyslogFields {...props} /> : <BucketFields {...props} />;
}

interface TextProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'name'> {
  of: Props;
  name: TextKey;
  label: string;
  hint?: string;
  optional?: boolean;
  suffix?: ReactNode;
}

function Text({ of, name, label, hint, optional, suffix, ...rest }: TextProps) {
  const error = of.errors[name === 'secretAccessKey' ? name : `target.${name}`];
  return (
    <Field
      label={label}
      {...(hint ? { hint } : {})}
      {...(optional ? { optional } : { required: true })}
      {...(error ? { error } : {})}
    >
      <Input
        autoComplete="off"
        spellCheck={false}
        value={of.draft[name]}
        onChange={(event) => of.set({ [name]: event.target.value })}
        {...(suffix ? { suffix } : {})}
        {...rest}
      />
    </Field>
  );
}

function WebhookFields(props: Props) {
  return (
    <Text
      of={props}
      name="url"
      label="Address"
      type="url"
      placeholder="https://siem.example.com/in"
      hint="https; a 2xx counts as delivered, a 410 pauses the sink. No redirect is followed."
    />
  );
}

function SyslogFields(props: Props) {
  const { draft, set, errors } = props;
  return (
    <>
      <Text of={props} name="host" label="Host" placeholder="siem.example.com" />
      <Text of={props} name="port" label="Port" inputMode="numeric" />
      <Field label="Transport" error={errors['target.transport']}>
        <Select
          value={draft.transport}
          onValueChange={(transport) => set({ transport: transport as SinkDraft['transport'] })}
          options={[
            { value: 'tls', label: 'TLS', hint: 'RFC 5425' },
            { value: 'tcp', label: 'TCP', hint: 'to this machine only' },
          ]}
        />
      </Field>
      {draft.transport === 'tls' ? (
        <Field
          label="Trusted certificates"
          optional
          hint="In PEM; instead of those that are trusted anyway."
          error={errors['target.ca']}
        >
          <Textarea
            rows={3}
            className="mono"
            spellCheck={false}
            value={draft.ca}
            onChange={(event) => set({ ca: event.target.value })}
          />
        </Field>
      ) : null}
    </>
  );
}

function BucketFields(props: Props) {
  return (
    <>
      <Text
        of={props}
        name="endpoint"
        label="Endpoint"
        type="url"
        placeholder="https://s3.eu-central-1.amazonaws.com"
      />
      <Text of={props} name="region" label="Region" placeholder="eu-central-1" />
      <Text of={props} name="bucket" label="Bucket" />
      <Text
        of={props}
        name="prefix"
        label="Prefix"
        optional
        hint="Objects are named prefix/workspace/first-last.ndjson."
      />
      <Text of={props} name="accessKeyId" label="Access key id" />
      <Text
        of={props}
        name="secretAccessKey"
        label="Secret access key"
        type="password"
        optional={props.kept}
        hint={
          props.kept
            ? 'Leave it empty to keep the one it has.'
            : 'It is sealed at once and never shown again.'
        }
      />
      <Text
        of={props}
        name="lockDays"
        label="Locked for"
        optional
        inputMode="numeric"
        suffix="days"
        hint="Nobody can change or delete an object for so long. The bucket needs object lock."
      />
      <Text
        of={props}
        name="everySeconds"
        label="Written at least every"
        inputMode="numeric"
        suffix="seconds"
      />
    </>
  );
}
