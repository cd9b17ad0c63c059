/** What writes a text to a new file of the person's own; `cli/file-saver.ts` does it. */
export type FileSaver = Readonly<{
  /**
   * Writes the text, UTF-8, to a new file that only its owner can read, and gives its whole path. `~/` is the person's
   * own folder, and a bare name stands in the folder the program was started in. Nothing is ever overwritten. UsageError
   * `file-exists`, `output-file` where none can be made, `usage` for no name.
   */
  save(path: string, text: string): Promise<string>;
}>;
