export { cx, toneText, toneVar, toneWeak, type Tone } from './cx';
export {
  Button,
  IconButton,
  LinkButton,
  type ButtonProps,
  type ButtonVariant,
  type Can,
  type LinkButtonProps,
} from './button';
export { Input, Textarea, type InputProps, type TextareaProps } from './input';
export { Select, type Option, type SelectProps } from './select';
export {
  Combobox,
  orNone,
  pickedOf,
  valueOf,
  MultiCombobox,
  type ComboOption,
  type ComboboxProps,
  type MultiComboboxProps,
} from './combobox';
export {
  Checkbox,
  RadioGroup,
  Switch,
  type CheckboxProps,
  type RadioGroupProps,
  type SwitchProps,
} from './choice';
export { Field, Form, FormError, fieldErrors, type ControlProps, type FieldProps } from './field';
export { Dialog, Drawer, type DialogProps, type DrawerProps } from './dialog';
export { ConfirmDialog, type ConfirmDialogProps } from './confirm-dialog';
export { Menu, Popover, type MenuItem, type MenuProps, type PopoverProps } from './menu';
export { ChangedMeanwhile, SavedMeanwhile } from './changed-meanwhile';
export { LinkTabs, Tabs, type LinkTabsProps, type TabsProps } from './tabs';
export { Disclosure, type DisclosureProps } from './disclosure';
export { Tooltip, type TooltipProps } from './tooltip';
export { Badge, type BadgeProps } from './badge';
export {
  KeyValue,
  Notice,
  Panel,
  Section,
  Stat,
  Stats,
  type KeyValueProps,
  type NoticeProps,
  type PanelProps,
  type StatProps,
} from './panel';
export {
  EmptyState,
  ErrorState,
  NoAccess,
  QueryView,
  Skeleton,
  SkeletonRows,
  SkeletonText,
  type EmptyStateProps,
  type ErrorStateProps,
} from './states';
export { toast, type ToastInput } from './toast';
export { Kbd } from './kbd';
export { CodeBlock, CopyButton, CopyId, SecretOnce, type SecretOnceProps } from './copy';
export { Duration, ExactTime, TimeAgo, Until } from './time';
export { JsonView, type JsonViewProps } from './json-view';
export { Diff, TextDiff, type DiffProps } from './diff';
export { Progress, Steps, type ProgressProps, type StepsProps } from './progress';
export { SignInAgain } from './sign-in-again';
export { Avatar, ExternalText, Mark, Redacted, Sentence } from './words';
export { LoadMore } from './load-more';
