export { Providers } from './providers';
export { AppShell, type AppShellProps } from './app-shell';
export type { NavGroup, NavItem } from './nav';
export { ActionBar, Page, PageHeader, Split, type PageHeaderProps } from './page';
export {
  CommandPalette,
  openPalette,
  type CommandPaletteProps,
  type PaletteItem,
} from './command-palette';
export { ShortcutHelp } from './shortcut-help';
export { ThemeSwitch } from './theme-switch';
export { AuthCard, type AuthCardProps } from './auth-card';
export { Unsaved } from './unsaved';
export { Logo } from './logo';
