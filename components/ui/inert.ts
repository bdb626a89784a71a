import type { ButtonHTMLAttributes } from 'react';

type Press = 'onClick' | 'onPointerDown' | 'onKeyDown';

/** Without what a press does. A menu opens already as the pointer or a key goes down. */
export function inert<T extends Pick<ButtonHTMLAttributes<HTMLButtonElement>, Press>>({
  onClick: _click,
  onPointerDown: _pointer,
  onKeyDown: _key,
  ...rest
}: T): Omit<T, Press> {
  return rest;
}
