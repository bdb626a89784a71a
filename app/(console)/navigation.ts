import {
  Bot,
  ClipboardCheck,
  Dices,
  Hourglass,
  House,
  KeyRound,
  ListTree,
  ScrollText,
  Settings,
  Shield,
} from 'lucide-react';
import type { NavGroup } from '@/components/layout';

interface Counts {
  waiting: number | undefined;
  toReview: number | undefined;
}

const some = (count: number | undefined) => (count ? { count, hot: true } : {});

/** The console's pages, in the order of the day's work. */
export function navigation({ waiting, toReview }: Counts): NavGroup[] {
  return [
    {
      items: [
        { href: '/', label: 'Overview', icon: House, phone: true },
        {
          href: '/approvals',
          label: 'Approvals',
          icon: Hourglass,
          phone: true,
          ...some(waiting),
        },
        {
          href: '/reviews',
          label: 'Reviews',
          icon: Dices,
          phone: true,
          ...(toReview ? { count: toReview } : {}),
        },
      ],
    },
    {
      label: 'Govern',
      items: [
        { href: '/agents', label: 'Agents', icon: Bot },
        { href: '/roles', label: 'Roles', icon: Shield },
        { href: '/catalog', label: 'Catalog', icon: ListTree },
        { href: '/vault', label: 'Vault', icon: KeyRound },
      ],
    },
    {
      label: 'Assure',
      items: [
        { href: '/trail', label: 'Trail', icon: ScrollText, phone: true },
        { href: '/compliance', label: 'Compliance', icon: ClipboardCheck },
      ],
    },
    { label: 'Workspace', items: [{ href: '/settings', label: 'Settings', icon: Settings }] },
  ];
}
