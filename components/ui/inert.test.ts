import { expect, it } from 'vitest';
import { inert } from './inert';

it('takes every way to press from a button, and nothing else', () => {
  const press = { onClick: () => {}, onPointerDown: () => {}, onKeyDown: () => {} };
  const others = { id: 'one', 'aria-haspopup': 'menu' as const, onFocus: () => {} };
  expect(inert({ ...press, ...others })).toEqual(others);
  expect(inert({ ...others, onClick: undefined })).toEqual(others);
});
