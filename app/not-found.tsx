import { AuthCard } from '@/components/layout';
import { LinkButton } from '@/components/ui';

export default function NotFound() {
  return (
    <AuthCard
      title="There is nothing at this address"
      subtitle="It may have been removed, or belong to another workspace."
    >
      <LinkButton href="/" variant="primary">
        Go to the overview
      </LinkButton>
    </AuthCard>
  );
}
