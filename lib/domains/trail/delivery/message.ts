import { severity, syslogText } from '@/lib/infra/syslog';
import type { Recorded } from '../export/ocsf/base';
import { toOcsf } from '../export/ocsf/map';
import type { LogEvent } from './log';
import type { SinkFormat } from './schema';

/** Events that go together, in order and without a gap but for what retention has removed. */
export interface Batch {
  workspace: string;
  /** Indexes of the first and the last, which name the batch. */
  first: number;
  last: number;
  events: readonly LogEvent[];
  format: SinkFormat;
  /** Of one event that is no part of the trail: what it is named by. */
  test?: string;
}

export const CLOUD_EVENTS = 'application/cloudevents-batch+json; charset=utf-8';
export const NDJSON = 'application/x-ndjson; charset=utf-8';

/** The event's own bytes with its index, as an export has them; or what OCSF makes of it. */
function lineOf(event: LogEvent, batch: Batch): string {
  if (batch.format === 'ocsf') return ocsfOf(event);
  return `{"event":${event.body},"index":${batch.test ? null : event.idx}}`;
}

function ocsfOf({ idx, leaf, body }: LogEvent): string {
  const event = JSON.parse(body) as Recorded['event'];
  return JSON.stringify(toOcsf({ index: idx, leafHash: leaf, event }));
}

/**
 * A JSON array of CloudEvents 1.0. `sequence` is the index so that text sorts as numbers do;
 * source and id together tell a repetition.
 */
export function cloudEvents(batch: Batch): string {
  const source = JSON.stringify(`/trail/${batch.workspace}`);
  const one = (event: LogEvent) =>
    `{"specversion":"1.0","id":${JSON.stringify(event.id)},"source":${source}` +
    `,"type":${JSON.stringify(`countersign.${event.type}`)},"time":"${event.time}"` +
    (batch.test ? '' : `,"sequence":"${padded(event.idx)}"`) +
    `,"datacontenttype":"application/json","data":${lineOf(event, batch)}}`;
  return `[${batch.events.map(one).join(',')}]`;
}

export function ndjson(batch: Batch): string {
  return batch.events.map((event) => `${lineOf(event, batch)}\n`).join('');
}

const bad = new Set(['deny', 'failed', 'rejected', 'refused', 'unknown']);

export function syslogMessages(batch: Batch): string[] {
  return batch.events.map((event) =>
    syslogText({
      severity: bad.has(event.outcome ?? '') ? severity.warning : severity.informational,
      time: event.time,
      id: event.type,
      data: {
        index: batch.test ? undefined : String(event.idx),
        type: event.type,
        workspace: batch.workspace,
        outcome: event.outcome ?? undefined,
      },
      text: batch.format === 'ocsf' ? ocsfOf(event) : event.body,
    }),
  );
}

/** Named by its range, so that the same events are written over themselves. */
export function objectKey(batch: Batch, prefix: string): string {
  const name = batch.test ?? `${padded(batch.first)}-${padded(batch.last)}`;
  return [prefix, batch.workspace, `${name}.ndjson`].filter((part) => part !== '').join('/');
}

function padded(index: number): string {
  return String(index).padStart(12, '0');
}
