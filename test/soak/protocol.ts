/** What the harness and the people of the soak say to each other over IPC. */

export type Draft = Readonly<{ index: number; filler: string }>;

export type ToPerson =
  /** queue these, in this order */
  | Readonly<{ do: 'send'; to: string; messages: readonly Draft[] }>
  /** close, open again, read the history with this person, report, end */
  | Readonly<{ do: 'report'; peer: string }>;

export type FromPerson =
  | Readonly<{ is: 'ready'; accountId: string }>
  /** counts since the start; `received` counts different messages */
  | Readonly<{ is: 'progress'; sent: number; received: number }>
  | Readonly<{ is: 'report'; report: PersonReport }>;

export type PersonReport = Readonly<{
  /** as stored, oldest first */
  history: readonly Readonly<{ direction: 'in' | 'out'; index: number; status: string }>[];
  /** messages announced more than once */
  shownTwice: number;
  leftInQueue: number;
  /** from queueing by the sender to announcing by this person */
  latenciesMs: readonly number[];
  /** failures by kind and code */
  counts: Readonly<Record<string, number>>;
  /** incoming items not shown, by reason */
  skipped: Readonly<Record<string, number>>;
  cpuMs: number;
  peakRssBytes: number;
}>;
