'use client';

import { LogOut, Menu as MenuIcon, Search } from 'lucide-react';
import Link from 'next/link';
import { Suspense, useState, type ReactNode } from 'react';
import { IconButton, Button } from '../ui/button';
import { cx } from '../ui/cx';
import { Drawer } from '../ui/dialog';
import { Kbd } from '../ui/kbd';
import { Popover } from '../ui/menu';
import { SkeletonText } from '../ui/states';
import { Avatar } from '../ui/words';
import { openPalette } from './command-palette';
import { Logo } from './logo';
import { NavList, useCurrent, type NavGroup } from './nav';
import { ShortcutHelp } from './shortcut-help';
import { ThemeSwitch } from './theme-switch';

export interface AppShellProps {
  groups: NavGroup[];
  user: { name: string; detail?: string };
  workspace?: string;
  onSignOut: () => void;
  /** This workspace was made by --demo, which every page must say. */
  demo?: boolean;
  palette?: ReactNode;
  children: ReactNode;
}

export function AppShell({
  groups,
  user,
  workspace,
  onSignOut,
  demo,
  palette,
  children,
}: AppShellProps) {
  const [drawer, setDrawer] = useState(false);
  return (
    <div className="min-h-dvh wide:grid wide:grid-cols-[216px_minmax(0,1fr)]">
      <a
        href="#main"
        className="fixed top-2 left-2 z-[80] -translate-y-16 rounded-md bg-accent px-3 py-2 font-medium text-on-accent focus:translate-y-0"
      >
        Skip to the page
      </a>
      <SideNav {...{ groups, user, onSignOut }} {...(workspace ? { workspace } : {})} />
      <header className="sticky top-0 z-30 flex h-12 items-center gap-1 border-b border-line bg-bg pr-1 pl-3.5 wide:hidden">
        <Link
          href="/"
          className="flex min-h-11 items-center gap-2 font-semibold tracking-[-0.01em]"
        >
          <Logo /> Countersign
        </Link>
        <span className="flex-1" />
        <IconButton label="Search and commands" icon={Search} onClick={openPalette} />
      </header>
      <div className="min-w-0">
        {demo ? (
          <aside
            aria-label="About this workspace"
            className="border-b border-hold/25 bg-hold-weak px-3.5 py-[5px] text-sm text-hold wide:px-7"
          >
            Sample workspace made by --demo
          </aside>
        ) : null}
        <main
          id="main"
          tabIndex={-1}
          className="max-w-[1320px] px-3.5 pt-3.5 pb-24 outline-none wide:px-7 wide:pt-5 wide:pb-16"
        >
          <Suspense fallback={<SkeletonText lines={6} />}>{children}</Suspense>
        </main>
      </div>
      <BottomBar groups={groups} onMore={() => setDrawer(true)} moreOpen={drawer} />
      <Drawer
        open={drawer}
        onOpenChange={setDrawer}
        title={workspace ?? 'Countersign'}
        side="left"
        width={300}
      >
        <nav aria-label="All pages">
          <NavList groups={groups} onNavigate={() => setDrawer(false)} />
        </nav>
        <div className="mt-5 grid gap-3 border-t border-line pt-4">
          <Who {...user} />
          <ThemeSwitch className="justify-self-start" />
          <Button icon={LogOut} onClick={onSignOut}>
            Sign out
          </Button>
        </div>
      </Drawer>
      {palette}
      <ShortcutHelp />
    </div>
  );
}

function Who({ name, detail }: { name: string; detail?: string }) {
  return (
    <span className="flex min-w-0 items-center gap-2">
      <Avatar name={name} />
      <span className="min-w-0 text-left">
        <span className="block truncate text-text-2">{name}</span>
        {detail ? <span className="block truncate text-xs text-text-3">{detail}</span> : null}
      </span>
    </span>
  );
}

function SideNav({
  groups,
  user,
  workspace,
  onSignOut,
}: Pick<AppShellProps, 'groups' | 'user' | 'onSignOut'> & { workspace?: string }) {
  return (
    <header className="sticky top-0 flex h-dvh flex-col overflow-y-auto border-r border-line px-2.5 py-3.5 max-wide:hidden">
      <Link
        href="/"
        className="flex items-center gap-2 rounded-md px-2 pt-1 pb-0.5 font-semibold tracking-[-0.01em]"
      >
        <Logo /> Countersign
      </Link>
      <div className="truncate px-2 pb-2.5 pl-9 text-xs text-text-3">{workspace}</div>
      <nav aria-label="Main">
        <NavList groups={groups} />
      </nav>
      <div className="mt-auto flex items-center gap-1 pt-4">
        <Popover
          label="Account"
          trigger={
            <button type="button" className="min-w-0 flex-1 rounded-md px-1.5 py-1 hover:bg-raised">
              <Who {...user} />
            </button>
          }
        >
          <div className="grid w-52 gap-3">
            <Who {...user} />
            <div className="flex items-center justify-between">
              <span className="text-text-2">Theme</span>
              <ThemeSwitch />
            </div>
            <Button icon={LogOut} onClick={onSignOut}>
              Sign out
            </Button>
          </div>
        </Popover>
        <button
          type="button"
          onClick={openPalette}
          aria-label="Search and commands, Ctrl K"
          aria-keyshortcuts="Control+K Meta+K"
          className="flex min-h-7 items-center rounded-md px-1 text-text-3 hover:text-text"
        >
          <Kbd>Ctrl K</Kbd>
        </button>
      </div>
    </header>
  );
}

function BottomBar({
  groups,
  onMore,
  moreOpen,
}: {
  groups: NavGroup[];
  onMore: () => void;
  moreOpen: boolean;
}) {
  const current = useCurrent(groups);
  const items = groups
    .flatMap((group) => group.items)
    .filter((item) => item.phone)
    .slice(0, 4);
  const cell =
    'relative flex min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-[11px]';
  return (
    <nav
      aria-label="Main, short"
      className="fixed inset-x-0 bottom-0 z-30 flex h-[calc(56px+env(safe-area-inset-bottom))] border-t border-line bg-panel pb-[env(safe-area-inset-bottom)] wide:hidden"
    >
      {items.map(({ href, label, icon: Icon, count, hot }) => (
        <Link
          key={href}
          href={href}
          {...(href === current ? { 'aria-current': 'page' as const } : {})}
          className={cx(cell, href === current ? 'font-medium text-accent' : 'text-text-2')}
        >
          <span className="relative">
            <Icon aria-hidden className="size-[18px]" strokeWidth={1.5} />
            {hot && count ? (
              <span className="num absolute -top-1.5 left-3 rounded-full bg-hold-weak px-1 text-[10px] leading-[14px] font-semibold text-hold shadow-[0_0_0_1.5px_var(--panel)]">
                {count}
              </span>
            ) : null}
          </span>
          <span className="max-w-full truncate px-1">{label}</span>
        </Link>
      ))}
      <button
        type="button"
        aria-expanded={moreOpen}
        onClick={onMore}
        className={cx(cell, 'text-text-2')}
      >
        <MenuIcon aria-hidden className="size-[18px]" strokeWidth={1.5} />
        More
      </button>
    </nav>
  );
}
