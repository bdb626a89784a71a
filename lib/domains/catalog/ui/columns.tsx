import { formatDuration, formatNumber } from '@/components/format';
import {
  Classification,
  type Column,
  EffectBadges,
  Reversibility,
  StatusPill,
} from '@/components/data';
import { TimeAgo } from '@/components/ui';
import { rank } from '@/lib/domains/classification';
import { type ActionType, reversibilities, type Tool } from '../schema';

export const actionTypeColumns: Column<ActionType>[] = [
  {
    id: 'key',
    header: 'Action type',
    fixed: true,
    phone: 'title',
    sortable: true,
    sortValue: (type) => type.key,
    cell: (type) => (
      <>
        <span className="font-medium">{type.key}</span>
        <span className="note ml-2.5 max-wide:hidden">{type.title}</span>
      </>
    ),
  },
  {
    id: 'tool',
    header: 'Tool',
    width: '150px',
    sortable: true,
    sortValue: (type) => type.tool.name,
    cell: (type) => type.tool.name,
  },
  {
    id: 'effects',
    header: 'Effects',
    width: '250px',
    cell: (type) => <EffectBadges value={type.effects} className="flex-nowrap" />,
  },
  {
    id: 'reversibility',
    header: 'If it is wrong',
    width: '185px',
    sortable: true,
    sortValue: (type) => reversibilities.indexOf(type.reversibility),
    cell: (type) => <Reversibility value={type.reversibility} />,
  },
  {
    id: 'classification',
    header: 'Touches',
    width: '135px',
    sortable: true,
    sortValue: (type) => rank(type.effective.classification),
    cell: (type) => <Classification value={type.effective.classification} />,
  },
  {
    id: 'state',
    header: 'State',
    width: '110px',
    phone: 'aside',
    cell: (type) => <StatusPill value={type.state} />,
  },
  {
    id: 'updated',
    header: 'Changed',
    width: '120px',
    hidden: true,
    phone: 'hide',
    cell: (type) => <TimeAgo at={type.updatedAt} />,
  },
];

export const toolColumns: Column<Tool>[] = [
  {
    id: 'name',
    header: 'Tool',
    fixed: true,
    phone: 'title',
    sortable: true,
    sortValue: (tool) => tool.name,
    cell: (tool) => (
      <>
        <span className="font-medium">{tool.name}</span>
        <span className="note ml-2.5 max-wide:hidden">{tool.description}</span>
      </>
    ),
  },
  {
    id: 'url',
    header: 'Address',
    width: '240px',
    cell: (tool) => <span className="mono text-text-2">{tool.baseUrl}</span>,
  },
  {
    id: 'secret',
    header: 'Secret',
    width: '160px',
    cell: (tool) => tool.secret?.name ?? <span className="text-text-3">none</span>,
  },
  {
    id: 'types',
    header: 'Action types',
    align: 'right',
    width: '120px',
    sortable: true,
    sortValue: (tool) => tool.actionTypes,
    cell: (tool) => formatNumber(tool.actionTypes),
  },
  {
    id: 'timeout',
    header: 'Timeout',
    align: 'right',
    width: '100px',
    phone: 'hide',
    cell: (tool) => formatDuration(tool.timeoutMs),
  },
  {
    id: 'state',
    header: 'State',
    width: '110px',
    phone: 'aside',
    cell: (tool) => <StatusPill value={tool.state} />,
  },
];
