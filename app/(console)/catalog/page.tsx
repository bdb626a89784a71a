import type { Metadata } from 'next';
import { CatalogPage } from '@/lib/domains/catalog';

export const metadata: Metadata = { title: 'Catalog' };

export default function Page() {
  return <CatalogPage />;
}
