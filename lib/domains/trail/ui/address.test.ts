import { describe, expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { noFilters } from '../queries';
import { filterInput } from '../schema';
import { readFilters } from './address';

describe('the filters of an address', () => {
  it('are taken as they are when a search knows them', () => {
    const given = {
      ...noFilters,
      ...{ q: 'boiler', type: 'action.*', agent: newId('agt'), tier: '2,3', outcome: 'deny' },
      ...{ from: '2026-11-21T08:00:00+02:00', to: '2026-11-22' },
    };
    expect(readFilters(given)).toEqual({ filters: given, ignored: [] });
  });

  it('are left out one by one when it does not, and the rest still narrows', () => {
    const bad = { agent: 'agt_1', tier: '9', from: 'yesterday', classification: 'Secret' };
    const { filters, ignored } = readFilters({ ...noFilters, ...bad, outcome: 'deny' });
    expect(ignored).toEqual(['agent', 'tier', 'classification', 'from']);
    expect(filters).toEqual({ ...noFilters, outcome: 'deny' });
  });

  it('end no sooner than they begin', () => {
    const given = { ...noFilters, from: '2026-11-22', to: '2026-11-21' };
    expect(readFilters(given)).toMatchObject({ filters: { to: '' }, ignored: ['to'] });
  });

  it('leave what was typed to the search', () => {
    const long = 'a'.repeat(501);
    expect(readFilters({ ...noFilters, q: long })).toMatchObject({ filters: { q: long } });
    const { filters } = readFilters({ ...noFilters, session: 'x', action: 'y' });
    const asked = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''));
    expect(filterInput.safeParse(asked).success).toBe(true);
  });

  it('wait for a letter of what is being typed', () => {
    const read = (q: string) => readFilters({ ...noFilters, q, tier: '2' });
    for (const q of ['"', '-', ' * ']) {
      expect(read(q)).toEqual({ filters: { ...noFilters, tier: '2' }, ignored: [] });
    }
    for (const q of ['"r', '-4', 'é', '退']) expect(read(q).filters.q).toBe(q);
  });
});
