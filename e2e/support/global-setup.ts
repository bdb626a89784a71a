import type { FullConfig } from '@playwright/test';
import { stopLeftovers } from './leftovers';
import { startProduct } from './product';

/**
 * Starts a product for each worker, so that journeys run side by side without meeting; what it
 * returns stops them, also after a restart.
 */
export default async function globalSetup({ workers }: FullConfig): Promise<() => Promise<void>> {
  await stopLeftovers();
  await Promise.all(Array.from({ length: workers }, (_, index) => startProduct(index)));
  return stopLeftovers;
}
