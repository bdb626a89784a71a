import type { SinkTarget, SinkView } from '../schema';

/** What the form holds: text as it is typed. */
export interface SinkDraft {
  name: string;
  kind: SinkTarget['kind'];
  format: SinkView['format'];
  from: 'now' | 'beginning';
  position: string;
  url: string;
  host: string;
  port: string;
  transport: 'tls' | 'tcp';
  ca: string;
  endpoint: string;
  region: string;
  bucket: string;
  prefix: string;
  accessKeyId: string;
  secretAccessKey: string;
  lockDays: string;
  everySeconds: string;
}

const empty: SinkDraft = {
  name: '',
  kind: 'webhook',
  format: 'event',
  from: 'now',
  position: '',
  url: '',
  host: '',
  port: '6514',
  transport: 'tls',
  ca: '',
  endpoint: '',
  region: '',
  bucket: '',
  prefix: '',
  accessKeyId: '',
  secretAccessKey: '',
  lockDays: '',
  everySeconds: '60',
};

export function draftOf(sink?: SinkView): SinkDraft {
  if (!sink) return empty;
  const { name, kind, format, target } = sink;
  const known = { ...empty, name, kind, format };
  if (target.kind === 'webhook') return { ...known, url: target.url };
  if (target.kind === 'syslog') {
    const { host, port, transport, ca } = target;
    return { ...known, host, transport, port: String(port), ca: ca ?? '' };
  }
  const { endpoint, region, bucket, prefix, accessKeyId, lockDays, everySeconds } = target;
  return {
    ...known,
    ...{ endpoint, region, bucket, prefix, accessKeyId },
    lockDays: lockDays === null ? '' : String(lockDays),
    everySeconds: String(everySeconds),
  };
}

function targetOf(draft: SinkDraft): Record<string, unknown> {
  const { kind } = draft;
  if (kind === 'webhook') return { kind, url: draft.url };
  if (kind === 'syslog') {
    const { host, port, transport, ca } = draft;
    return { kind, host, transport, port: Number(port), ca: ca.trim() === '' ? null : ca };
  }
  const { endpoint, region, bucket, prefix, accessKeyId, lockDays, everySeconds } = draft;
  return {
    ...{ kind, endpoint, region, bucket, prefix, accessKeyId },
    lockDays: lockDays === '' ? null : Number(lockDays),
    everySeconds: Number(everySeconds),
  };
}

/** The body that adds a sink. */
export function additionOf(draft: SinkDraft): Record<string, unknown> {
  const { name, format, from, kind, secretAccessKey } = draft;
  const secret = kind === 'bucket' ? { secretAccessKey } : {};
  return { name, format, from, target: targetOf(draft), ...secret };
}

/** The body that changes one; what is left empty stays. */
export function changesOf(draft: SinkDraft): Record<string, unknown> {
  const { name, format, secretAccessKey, position } = draft;
  return {
    ...{ name, format, target: targetOf(draft) },
    ...(secretAccessKey === '' ? {} : { secretAccessKey }),
    ...(position === '' ? {} : { position: Number(position) }),
  };
}
