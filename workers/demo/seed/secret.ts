import { createSecret, listSecrets } from '@/lib/domains/vault/server';
import type { Context } from '@/lib/kernel/context';
import type { SeedConfig } from './config';
import { SECRET } from './data';

/** Puts the order service's first API key into the vault, to be rotated through the service itself. */
export async function seedSecret(ctx: Context, config: SeedConfig): Promise<string> {
  const { items } = await listSecrets(ctx, { limit: 200 });
  const kept = items.find(({ name }) => name === SECRET.name);
  if (kept) return kept.id;
  const { secret } = await createSecret(ctx, {
    ...SECRET,
    value: config.bootstrapKey,
    rotator: { kind: 'http_api_keys', baseUrl: config.orderService },
  });
  return secret.id;
}
