import { expect, it } from 'vitest';
import { changed } from './defined';

it('sends of a form only what was changed in it', () => {
  const began = { id: 'rol_1', name: 'refund-desk', description: 'Refunds', tags: ['a'] };
  const draft = { name: 'refund-desk', description: 'Refunds', tags: ['a'] };
  expect(changed(began, draft)).toEqual({});
  expect(changed(began, { ...draft, description: '' })).toEqual({ description: '' });
  expect(changed(began, { ...draft, tags: ['a', 'b'] })).toEqual({ tags: ['a', 'b'] });
  expect(changed({}, draft)).toEqual(draft);
});
