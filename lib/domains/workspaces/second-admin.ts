/**
 * Whom one admin alone does not make: where a workspace asks for a second admin, who decides,
 * who administers and who reads protected payloads is confirmed by another. Otherwise an admin
 * would invite that second admin, or an approver, and be both. Pure.
 */
export interface Given {
  roles: readonly string[];
  abilities: readonly string[];
}

export const GUARDED_ROLES: readonly string[] = ['admin', 'approver'];

/** The part of what is wanted that a second admin confirms: what is guarded, and new. */
export function toConfirm(has: Given, wanted: Given): { roles: string[]; abilities: string[] } {
  return {
    roles: wanted.roles.filter((role) => GUARDED_ROLES.includes(role) && !has.roles.includes(role)),
    abilities: wanted.abilities.filter((ability) => !has.abilities.includes(ability)),
  };
}

export const nothing: Given = { roles: [], abilities: [] };

export function isNothing({ roles, abilities }: Given): boolean {
  return roles.length === 0 && abilities.length === 0;
}

export function isSame(one: Given, other: Given): boolean {
  const flat = ({ roles, abilities }: Given) =>
    [...roles.toSorted(), '|', ...abilities.toSorted()].join();
  return flat(one) === flat(other);
}
