import { test as base, expect, type Page } from '@playwright/test';
import { type Agent, connectAgent } from './agent';
import { expectNoSeriousAxe } from './axe';
import { type Demo, type DemoAgent, memberOf, readDemo, type Role } from './demo';

type Cookies = Awaited<ReturnType<ReturnType<Page['context']>['cookies']>>;

type Fixtures = {
  /** What the demo says about itself. */
  demo: Demo;
  /** Signs a member of the role in and shows the overview; `which` chooses among several of one role. */
  signIn: (page: Page, role: Role, which?: number) => Promise<void>;
  /** Expects nothing serious from axe, in both themes. */
  expectNoSeriousAxe: (page: Page) => Promise<void>;
  /** Connects one of the demo's agents to the gateway. */
  agent: (client: DemoAgent) => Promise<Agent>;
};

/** Fills the sign-in form by its accessible names. */
export async function fillSignIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

export const test = base.extend<Fixtures, { signedIn: Map<string, Cookies> }>({
  // A member signs in once a worker: signing in is rate-limited, and its own journey tries the form itself.
  signedIn: [
    async ({}, provide) => {
      await provide(new Map());
    },
    { scope: 'worker' },
  ],
  demo: async ({}, provide) => {
    await provide(readDemo());
  },
  baseURL: async ({ demo }, provide) => {
    await provide(demo.console);
  },
  signIn: async ({ demo, signedIn }, provide) => {
    await provide(async (page, role, which = 0) => {
      const member = memberOf(demo, role, which);
      const kept = signedIn.get(member.email);
      if (kept !== undefined) {
        await page.context().addCookies(kept);
        await page.goto('/');
      } else {
        await page.goto('/');
        await fillSignIn(page, member.email, member.password);
      }
      await expect(page.getByRole('main')).toBeVisible();
      await expect(page.getByLabel('Password', { exact: true })).toHaveCount(0);
      signedIn.set(member.email, await page.context().cookies());
    });
  },
  expectNoSeriousAxe: async ({}, provide) => {
    await provide(expectNoSeriousAxe);
  },
  agent: async ({ demo }, provide) => {
    await provide((client) => connectAgent(demo, client));
  },
});

export { expect };
