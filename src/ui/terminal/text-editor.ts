/** An editor of the person's own, for the text of a message; `cli/text-editor.ts` starts it. */

export type EditedText =
  | Readonly<{ kind: 'edited'; text: string }>
  /** `reason`: our own words for a person */
  | Readonly<{ kind: 'failed'; reason: string }>;

/**
 * Lets a person edit a text, on the terminal that was lent for it; ends early, with `failed`, when the signal aborts.
 * Never rejects. What comes back is what a program wrote: it has to be cleaned as a paste is.
 */
export type TextEditor = (text: string, signal: AbortSignal) => Promise<EditedText>;
