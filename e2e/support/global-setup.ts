import { stopLeftovers } from './leftovers';
import { makeOrderServiceKey } from './order-service';
import { startProduct } from './product';

/** Starts the product once for all journeys; what it returns stops it, also after a restart. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const { demoFile, dataDir } = await startProduct();
  process.env.COUNTERSIGN_E2E_DEMO = demoFile;
  process.env.COUNTERSIGN_E2E_ORDER_KEY = await makeOrderServiceKey(dataDir);
  return stopLeftovers;
}
