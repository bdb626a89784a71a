import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Waits for rows that are dimmed while others load, and brings finite animations to their end: no colour is measured halfway. */
async function settle(page: Page): Promise<void> {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) {
      if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
    }
  });
}

/**
 * Makes the page as tall as what is on it, without passing messages: a bar or a message that stays in place
 * covers part of whatever is scrolled below it at that moment, which axe would take for a target too small.
 */
async function unfold(page: Page): Promise<void> {
  const tall = await page.evaluate(() => {
    const messages = document.querySelector('[aria-label="Messages"]');
    for (const button of messages?.querySelectorAll<HTMLElement>('[aria-label="Dismiss"]') ?? [])
      button.click();
    return document.documentElement.scrollHeight;
  });
  const size = page.viewportSize();
  if (size !== null)
    await page.setViewportSize({ width: size.width, height: Math.max(tall, size.height) });
}

/** Expects that axe finds nothing serious or critical on the page, in the light and in the dark theme. */
export async function expectNoSeriousAxe(page: Page): Promise<void> {
  const size = page.viewportSize();
  await unfold(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await settle(page);
    // Of all rules only contrast is another in another theme. No page frames another site's, so
    // the scan needs no page of its own, which would take twice as long as the scan.
    const scan = new AxeBuilder({ page }).setLegacyMode(true);
    const { violations } = await (
      colorScheme === 'light' ? scan.withTags(RULES) : scan.withRules(['color-contrast'])
    ).analyze();
    const serious = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => ({
        id,
        help,
        where: nodes.map((node) => node.html.slice(0, 200)),
      }));
    expect(serious, `axe on ${page.url()}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null });
  if (size !== null) await page.setViewportSize(size);
}
