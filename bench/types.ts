/** One measured figure; `ratio` is value against baseline, both measured in turn in one run. */
export type Figure = Readonly<{
  name: string;
  value: number;
  unit: string;
  baseline?: number;
  ratio?: number;
  /** what the issue promises for `ratio` where there is a baseline, else for `value` */
  limit?: number;
  ok: boolean;
}>;

/** A file bench/NAME.bench.ts exports one of these as `default`; bench/run.ts finds and runs it. */
export type Benchmark = (report: (figure: Figure) => void) => Promise<void>;
