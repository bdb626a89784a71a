import { useQuery } from '@tanstack/react-query';
import { actionTypeIndexQuery } from '@/lib/domains/catalog';
import { fillIn } from '@/lib/kernel/sentence';
import type { Sample } from '../schema';

export const recordOf = (value: unknown) =>
  value && typeof value === 'object' ? (value as Record<string, unknown>) : {};

/**
 * What an action does in the catalog's words; in the agent's where the catalog has none, or
 * where there are no parameters to put into them.
 */
export function useSampleWords({ action, can }: Pick<Sample, 'action' | 'can'>) {
  const type = useQuery(actionTypeIndexQuery()).data?.get(action.type);
  const sentence =
    type && can.see_payload.allowed
      ? fillIn(type.sentence, recordOf(action.parameters), type.parameters.properties)
      : '';
  return { type, sentence: sentence || action.summary };
}
