export { useUrlState } from './use-url-state';
export { useShortcut, useShortcutList } from './use-shortcut';
export { useDraft } from './use-draft';
export { keepTyped } from './looked';
export { useLooked } from './use-looked';
export { focusNextIn, useFocusNext } from './use-focus-next';
export { useGo, useUnsaved } from './use-unsaved';
export { useLive, type LiveState } from './use-live';
export { useCopy, useDebounced, useHydrated, useIsPhone, useNow, useStored } from './small';
