/** What messages of every kind are made of. */
import { env } from '@/lib/infra/env';

export function linkTo(path: string, linkLabel: string): { link: string; linkLabel: string } {
  return { link: `${env().NEXTAUTH_URL}${path}`, linkLabel };
}

export function until(at: Date, timeZone: string, now: Date): string {
  const exact = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, timeZoneName: 'short', hourCycle: 'h23' },
    ...{ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  }).format(at);
  return `${exact} (${span(at.getTime() - now.getTime())} left)`;
}

function span(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
