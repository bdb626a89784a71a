import { readSettings } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import { ReviewSettings } from './schema';

/** The workspace's settings of reviews; until somebody has set them, a fixed sample of its usual size. */
export async function readReviewSettings(tx: Tx): Promise<ReviewSettings> {
  const row = await tx.reviewSetting.findFirst();
  const { sampleSize } = await readSettings(tx);
  return ReviewSettings.parse({
    size: { by: 'fixed', count: sampleSize },
    minimum: 1,
    bands: 'powers_of_ten',
    twice: 0.1,
    raiseAbove: 0.1,
    lowerBelow: 0.02,
    enough: 100,
    ...(row?.settings as object | undefined),
  });
}

/** What of them a day's closing fixes. */
export function samplingOf({ bands, minimum, size, twice }: ReviewSettings) {
  return { bands, minimum, size, twice };
}
