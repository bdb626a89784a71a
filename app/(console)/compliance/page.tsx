import type { Metadata } from 'next';
import { CompliancePage } from '@/lib/domains/compliance';

export const metadata: Metadata = { title: 'Compliance' };

export default function Compliance() {
  return <CompliancePage />;
}
