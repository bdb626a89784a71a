import { z } from 'zod';

const line = z.string().trim().min(1).max(200);

export const refundInput = z.object({
  amount: z
    .number()
    .positive()
    .max(1_000_000)
    .refine((n) => Math.abs(n * 100 - Math.round(n * 100)) < 1e-6, 'at most two decimals'),
  currency: z.string().regex(/^[A-Z]{3}$/),
  reason: z.string().trim().max(500).default('unspecified'),
  customer_id: z.string().optional(),
});
export type RefundInput = z.infer<typeof refundInput>;

export const addressInput = z.object({
  street: line,
  city: line,
  postcode: z.string().trim().min(2).max(12),
  country: z.string().regex(/^[A-Z]{2}$/),
});
export type AddressInput = z.infer<typeof addressInput>;

export const mailInput = z.object({
  to: z.email(),
  subject: line,
  body: z.string().min(1).max(20_000),
});
export type MailInput = z.infer<typeof mailInput>;
