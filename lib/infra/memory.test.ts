import { getHeapStatistics } from 'node:v8';
import { expect, it } from 'vitest';
import { withoutGarbage } from './memory';

const MB = 1_048_576;

function used(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

async function* buffers(count: number) {
  for (let at = 0; at < count; at += 1) yield Buffer.alloc(MB, at);
}

it('hands every piece on, and does not let what they held pile up', async () => {
  const before = used();
  let most = 0;
  const seen: (number | undefined)[] = [];
  for await (const piece of withoutGarbage(buffers(200), 16 * MB)) {
    seen.push(piece[0]);
    most = Math.max(most, used() - before);
  }
  expect(seen).toEqual(Array.from({ length: 200 }, (_, at) => at));
  expect(most).toBeLessThan(28 * MB);
});

it('ends its source when its reader leaves', async () => {
  let ended = false;
  async function* endless() {
    try {
      for (;;) yield Buffer.alloc(1);
    } finally {
      ended = true;
    }
  }
  for await (const _ of withoutGarbage(endless())) break;
  expect(ended).toBe(true);
});
