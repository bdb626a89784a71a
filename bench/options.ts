/** What every benchmark takes. */
export interface BenchOptions {
  /** Length of each measured round. */
  seconds: number;
  rounds: number;
  /** Size of what is searched, where that is measured; the benchmark's own default otherwise. */
  events: number | undefined;
  /** Where what is searched is kept, to be searched again; without, it is thrown away. */
  data: string | undefined;
}
