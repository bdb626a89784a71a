import { notFound } from 'next/navigation';
import { idSchema } from '@/lib/kernel/ids';

/** The id that an address names; what is none of its kind is at no address of the console. */
export function idIn(prefix: string, id: string): string {
  if (!idSchema(prefix).safeParse(id).success) notFound();
  return id;
}
