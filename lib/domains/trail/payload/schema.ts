import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput, pageOf } from '@/lib/kernel/page-input';
import { protectedClasses } from './fields';

const reason = z.string().trim().min(3, 'say why in a few words').max(1_000);

export const payloadRef = z.strictObject({ id: idSchema('evt') });
export const readPayloadInput = z.strictObject({ id: idSchema('evt'), reason });

/** What of an event is sealed, without opening it. */
export const payloadView = z.object({
  id: z.string(),
  members: z.array(
    z.object({
      name: z.string(),
      /** Month and classification. */
      key: z.string(),
      /** Erased: its key is gone, and what it held with it. */
      state: z.enum(['sealed', 'erased']),
    }),
  ),
  can: z.object({ read: Ability }),
});
export type PayloadView = z.output<typeof payloadView>;

export const openedPayload = z.object({
  id: z.string(),
  /** Each sealed member as it was. */
  payload: z.record(z.string(), z.unknown()),
});
export type OpenedPayload = z.output<typeof openedPayload>;

export const destroyKeyInput = z.strictObject({ id: idSchema('tky'), reason });
export const listKeysInput = z.strictObject(pageInput);

export const keyView = z.object({
  id: z.string(),
  /** As sealed members name it: `2026-11.Confidential`. */
  name: z.string(),
  month: z.string(),
  classification: z.enum(protectedClasses),
  /** Events of that month and classification in the trail. */
  events: z.number(),
  state: z.enum(['live', 'destroyed']),
  createdAt: z.iso.datetime(),
  destroyedAt: z.iso.datetime().nullable(),
  destroyedBy: z.string().nullable(),
  reason: z.string().nullable(),
  can: z.object({ destroy: Ability }),
});
export type KeyView = z.output<typeof keyView>;
export const keyPage = pageOf(keyView);
