import { expect, it } from 'vitest';
import type * as observing from './observe';

it('lets nothing commit where no observer was read, and asks each once', async () => {
  // As another process has it: this one's has observers.
  const own = './observe?own';
  const { beforeCommit, observe } = (await import(own)) as typeof observing;
  const deed = { events: [] } as unknown as observing.Observed;
  await expect(observe(deed)).rejects.toThrow('no observer of deeds was read');
  const seen: observing.Observed[] = [];
  const observer = async (one: observing.Observed) => void seen.push(one);
  beforeCommit(observer);
  beforeCommit(observer);
  await observe(deed);
  expect(seen).toEqual([deed]);
});
