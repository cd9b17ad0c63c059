/** What opens a link outside of the terminal; `cli/link-opener.ts` makes it. */

export type LinkOpener = Readonly<{
  /** the program that the surroundings offer, for the setting `auto`; null: there is no screen to open anything on */
  automatic: string | null;
  /**
   * Starts a program with its arguments, without a shell and without the terminal. Resolves with null once it runs, or
   * with why it does not, in words for a person. Never rejects.
   */
  run(command: readonly [string, ...string[]]): Promise<string | null>;
}>;
