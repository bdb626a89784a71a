import { open, seal, unwrapDataKey } from '@/lib/infra/crypto';

const contextOf = (sink: string) => `trail-sink:${sink}`;

/** Seals a sink's secret: it opens for no other sink and no other workspace. */
export function sealSinkSecret(
  wrappedDataKey: Uint8Array,
  workspace: string,
  sink: string,
  secret: string,
): Uint8Array<ArrayBuffer> {
  return seal(unwrapDataKey(wrappedDataKey, workspace), secret, contextOf(sink));
}

/** The clear secret, for signing; never for an answer, a log or an event. */
export function openSinkSecret(
  wrappedDataKey: Uint8Array,
  workspace: string,
  sink: string,
  sealed: Uint8Array,
): string {
  return open(unwrapDataKey(wrappedDataKey, workspace), sealed, contextOf(sink)).toString('utf8');
}
