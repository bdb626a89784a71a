/** What every benchmark takes. */
export interface BenchOptions {
  /** Length of each measured round. */
  seconds: number;
  rounds: number;
}
