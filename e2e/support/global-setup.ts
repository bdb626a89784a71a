import { startProduct } from './product';

/** Starts the product once for all journeys; what it returns stops it. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const product = await startProduct();
  process.env.COUNTERSIGN_E2E_DEMO = product.demoFile;
  return product.stop;
}
