import { describe, expect, it } from 'vitest';
import { failedWords, findIn } from './palette-items';

const item = (id: string) => ({ id, label: id, group: 'Agents' });
const found = (name: string) => ({ name, find: async () => [item(`${name}-1`)] });
const down = (name: string) => ({ name, find: () => Promise.reject(new Error('down')) });

describe('what the palette finds', () => {
  it('is what every source found, in their order', async () => {
    expect(await findIn([found('agents'), found('events')])).toEqual({
      items: [item('agents-1'), item('events-1')],
      failed: [],
    });
    expect(failedWords([])).toBeNull();
  });

  it('is what the others found where one failed, which is named', async () => {
    expect(await findIn([found('agents'), down('events')])).toEqual({
      items: [item('agents-1')],
      failed: ['events'],
    });
    expect(failedWords(['events'])).toMatch(/^The search of events did not answer;/);
  });

  it('is nothing where all of them failed', async () => {
    const { items, failed } = await findIn([down('agents'), down('events')]);
    expect(items).toEqual([]);
    expect(failedWords(failed)).toMatch(/^The search of agents and events did not answer;/);
  });
});
