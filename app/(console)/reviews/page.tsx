import type { Metadata } from 'next';
import { ReviewsPage } from '@/lib/domains/reviews';

export const metadata: Metadata = { title: 'Reviews' };

export default function Page() {
  return <ReviewsPage />;
}
