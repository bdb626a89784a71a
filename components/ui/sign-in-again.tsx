import { ExternalLink } from 'lucide-react';

/** Signing in again beside what is on screen, which keeps what was typed. */
export function SignInAgain() {
  return (
    <a
      href="/sign-in"
      target="_blank"
      rel="noopener"
      className="inline-flex min-h-6 items-center gap-1 font-medium underline max-wide:min-h-11"
    >
      Sign in in a new tab
      <ExternalLink aria-hidden className="size-3.5 shrink-0" strokeWidth={1.5} />
    </a>
  );
}
