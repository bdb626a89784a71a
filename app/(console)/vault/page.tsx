import type { Metadata } from 'next';
import { VaultPage } from '@/lib/domains/vault';

export const metadata: Metadata = { title: 'Vault' };

export default function Page() {
  return <VaultPage />;
}
