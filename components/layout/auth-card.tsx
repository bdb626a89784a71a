import type { ReactNode } from 'react';
import { cx } from '../ui/cx';
import { Logo } from './logo';
import { ThemeSwitch } from './theme-switch';

export interface AuthCardProps {
  title: ReactNode;
  subtitle?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
}

/** The frame of signing in, setting up, accepting an invitation. */
export function AuthCard({ title, subtitle, children, footer, wide }: AuthCardProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-between px-4 py-3.5 wide:px-6">
        <span className="flex items-center gap-2 font-semibold tracking-[-0.01em]">
          <Logo /> Countersign
        </span>
        <ThemeSwitch />
      </header>
      <main
        id="main"
        className="flex flex-1 items-start justify-center px-4 pt-[4vh] pb-16 wide:pt-[10vh]"
      >
        <div className={cx('w-full', wide ? 'max-w-xl' : 'max-w-sm')}>
          <div className="rounded-lg border border-line bg-panel">
            <div className="border-b border-line px-5 py-4">
              <h1 className="text-lg font-semibold tracking-[-0.01em]">{title}</h1>
              {subtitle ? <p className="mt-0.5 text-text-2">{subtitle}</p> : null}
            </div>
            <div className="grid gap-4 px-5 py-5">{children}</div>
          </div>
          {footer ? <div className="note mt-3 px-5 text-center">{footer}</div> : null}
        </div>
      </main>
    </div>
  );
}
