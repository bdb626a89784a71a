import { expect, it } from 'vitest';
import { changed } from '@/lib/kernel/defined';
import { newId } from '@/lib/kernel/ids';
import { UpdateAgent } from '../schema';
import { draftOf } from './agent-draft';

it('an edited agent sends only what was changed', () => {
  const began = { ...draftOf(), name: 'refund-handler', sponsorId: newId('mbr') };
  expect(changed(began, { ...began })).toEqual({});
  const body = changed(began, { ...began, sponsorId: null, clearance: 'Restricted' });
  expect(body).toEqual({ sponsorId: null, clearance: 'Restricted' });
  const id = newId('agt');
  expect(UpdateAgent.parse({ id, ...body })).toEqual({ id, ...body });
});
