import { expect, type Page } from '@playwright/test';
import axe from 'axe-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Lets colours change at once, so that none is measured halfway; gives what takes that back. */
async function withoutTransitions(page: Page): Promise<() => Promise<void>> {
  const sheet = await page.evaluateHandle(() => {
    const made = new CSSStyleSheet();
    made.replaceSync('*, ::before, ::after { transition: none !important }');
    document.adoptedStyleSheets.push(made);
    return made;
  });
  return async () => {
    await sheet.evaluate((made) => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== made);
    });
    await sheet.dispose();
  };
}

/** Waits for the title and for rows that are dimmed while others load, and brings finite animations to their end. */
async function settle(page: Page): Promise<void> {
  await expect(page).toHaveTitle(/./);
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    for (const animation of document.getAnimations()) {
      if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
    }
    await frame();
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

/** What axe finds wrong by these rules. It is read into a page once, and asked for what fails alone. */
async function violations(page: Page, runOnly: axe.RunOnly): Promise<axe.Result[]> {
  const has = await page.evaluate(() => 'axe' in window);
  if (!has) await page.evaluate(axe.source);
  return page.evaluate(
    async (options) => {
      const { axe: scanner } = window as unknown as { axe: typeof axe };
      return (await scanner.run(document, options)).violations;
    },
    { runOnly, resultTypes: ['violations'] } satisfies axe.RunOptions,
  );
}

/** Expects that axe finds nothing serious or critical on the page, in the light and in the dark theme. */
export async function expectNoSeriousAxe(page: Page): Promise<void> {
  const size = page.viewportSize();
  await unfold(page);
  const restore = await withoutTransitions(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await settle(page);
    // Of all rules only contrast is another in another theme.
    const found = await violations(
      page,
      colorScheme === 'light'
        ? { type: 'tag', values: RULES }
        : { type: 'rule', values: ['color-contrast'] },
    );
    const serious = found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => ({
        id,
        help,
        where: nodes.map((node) => node.html.slice(0, 200)),
      }));
    expect(serious, `axe on ${page.url()}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null });
  await restore();
  if (size !== null) await page.setViewportSize(size);
}
