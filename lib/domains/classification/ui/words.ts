import type { Option } from '@/components/ui';
import { type Classification, classifications, type Handling, handlings } from '../levels';
import { assetKinds, type DataAsset } from '../schema';

export const handlingWords: Record<Handling, { label: string; hint: string }> = {
  none: { label: 'As it is', hint: 'Agents are answered the value.' },
  mask: { label: 'Mask', hint: 'Its kind, or its last four characters.' },
  tokenise: { label: 'Tokenise', hint: 'A token; the same value has the same one.' },
  redact: { label: 'Redact', hint: 'That something is there, and nothing of it.' },
  never_leave: { label: 'Never leaves', hint: 'Taken out of every answer.' },
};

const kindWords: Record<DataAsset['kind'], string> = {
  table: 'Table',
  document: 'Document',
  file: 'File',
  other: 'Other',
};

export const handlingOptions: Option[] = handlings.map((value) => ({
  value,
  ...handlingWords[value],
}));

export const levelOptions: Option[] = classifications.map((value) => ({ value, label: value }));

export const kindOptions: Option[] = assetKinds.map((value) => ({
  value,
  label: kindWords[value],
}));

export function kindWord(kind: DataAsset['kind']): string {
  return kindWords[kind];
}

export interface Treatment {
  classification: Classification;
  handling: Handling;
}
