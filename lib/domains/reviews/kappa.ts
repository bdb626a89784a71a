/**
 * Cohen's kappa (1960): how far two people's verdicts agree beyond what chance alone would give.
 * `pairs` holds both verdicts on each thing. Null while there is nothing to agree on, or when
 * each said the same of everything, where chance explains all.
 */
export function kappa(pairs: readonly (readonly [string, string])[]): number | null {
  const all = pairs.length;
  if (all === 0) return null;
  const first = new Map<string, number>();
  const second = new Map<string, number>();
  let agreed = 0;
  for (const [a, b] of pairs) {
    first.set(a, (first.get(a) ?? 0) + 1);
    second.set(b, (second.get(b) ?? 0) + 1);
    if (a === b) agreed += 1;
  }
  let byChance = 0;
  for (const [verdict, count] of first) {
    byChance += (count / all) * ((second.get(verdict) ?? 0) / all);
  }
  if (byChance >= 1) return null;
  return (agreed / all - byChance) / (1 - byChance);
}
