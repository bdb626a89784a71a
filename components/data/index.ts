export { DataTable, type DataTableProps } from './data-table';
export type { Column, Paged, PagedQuery } from './table-model';
export { PickFilter, type PickFilterProps } from './pick-filter';
export { DateRange, FilterBar, type DateRangeProps, type FilterBarProps } from './filter-bar';
export {
  Classification,
  Decision,
  EffectBadges,
  Reversibility,
  StatusPill,
  Tier,
  tierWords,
  type DecisionProps,
  type DecisionValue,
  type StatusLook,
  type StatusPillProps,
  type TierProps,
  type TierValue,
} from './atoms';
export { Ladder, type LadderProps } from './ladder';
export { TierLadder, type TierLadderProps } from './tier-ladder';
export { ladderTier, ladderSentence, type LadderValue } from './ladder-math';
export { Timeline, type TimelineItem } from './timeline';
export { Histogram, type Bucket, type HistogramProps } from './histogram';
export {
  AreaChart,
  LineChart,
  type AreaChartProps,
  type LineChartProps,
  type Point,
  type Series,
} from './area-chart';
export { Bars, Sparkline, type BarsProps, type SparklineProps } from './sparkline';
export { grouped } from './grouped';
export { WorkList, type WorkListProps } from './work-list';
