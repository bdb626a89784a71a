import {
  BookOpen,
  Bot,
  ClipboardCheck,
  Clock,
  House,
  KeyRound,
  ScrollText,
  Settings,
  Shield,
  SquareCheck,
} from 'lucide-react';
import type { NavGroup } from '@/components/layout';

/** Numbers beside the navigation; absent where nothing is known yet. */
export interface NavCounts {
  waiting: number | undefined;
  toReview: number | undefined;
}

/** The console's pages, in the order of the day's work. */
export function navigation({ waiting, toReview }: NavCounts): NavGroup[] {
  return [
    {
      items: [
        { href: '/overview', label: 'Overview', icon: House, phone: true },
        {
          href: '/approvals',
          label: 'Approvals',
          icon: Clock,
          phone: true,
          ...(waiting ? { count: waiting, hot: true } : {}),
        },
        {
          href: '/reviews',
          label: 'Reviews',
          icon: SquareCheck,
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
        { href: '/catalog', label: 'Catalog', icon: BookOpen },
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
