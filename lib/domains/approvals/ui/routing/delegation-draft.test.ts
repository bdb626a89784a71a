import { expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { CreateDelegation } from '../../schema';
import { bodyOf, emptyDelegation, faultsOf } from './delegation-draft';

const [from, to] = [newId('mbr'), newId('mbr')];

it('means the times of the clock where it is typed', () => {
  const draft = { from, to, starts: '2026-12-24T08:00', ends: '2027-01-04T08:30', reason: 'Away' };
  const body = CreateDelegation.parse(bodyOf(draft));
  expect(body).toMatchObject({ from, to, reason: 'Away' });
  expect(new Date(body.starts_at ?? '')).toEqual(new Date(2026, 11, 24, 8, 0));
  expect(new Date(body.ends_at)).toEqual(new Date(2027, 0, 4, 8, 30));
  expect(faultsOf(draft)).toBeUndefined();
});

it('is of one’s own place and from now on when that is left out', () => {
  const draft = { ...emptyDelegation, to, ends: '2027-01-04T08:30' };
  expect(Object.keys(bodyOf(draft)).sort()).toEqual(['ends_at', 'reason', 'to']);
  expect(faultsOf(draft)).toBeUndefined();
});

it('asks for whom and until when', () => {
  expect(faultsOf(emptyDelegation)).toEqual({
    to: 'choose who stands in',
    ends_at: 'say when it ends',
  });
});
