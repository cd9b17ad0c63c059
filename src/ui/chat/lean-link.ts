/** Lean mode: one column, no frames, fewer screens, for a line that is slow or because somebody wants it so. */

import { keyWords } from '../keys/hints.ts';
import { settingOf } from '../setting-of.ts';
import type { LinkMeasure } from '../terminal/link-meter.ts';
import type { Environment } from './environment.ts';

export type LinkCommands = Readonly<{
  /** lean or not, against what was found out, until the setting changes or the program ends */
  toggle(): void;
}>;

export type LeanLinkOptions = Readonly<{
  /** what is known of the line so far */
  measure: LinkMeasure;
  /** makes the terminal's side lean: fewer frames, no scrolls that need mending */
  setLean(isLean: boolean): void;
}>;

export class LeanLink implements LinkCommands {
  readonly #env: Environment;
  readonly #options: LeanLinkOptions;
  #measure: LinkMeasure;
  #setting: string;
  /** what the key said; null: nothing */
  #wanted: boolean | null = null;
  #unsubscribe: () => void = () => {};

  constructor(env: Environment, options: LeanLinkOptions) {
    this.#env = env;
    this.#options = options;
    this.#measure = options.measure;
    this.#setting = this.#readSetting();
  }

  start(): void {
    this.#unsubscribe = this.#env.session.subscribe(() => {
      const setting = this.#readSetting();
      if (setting === this.#setting) return;
      this.#setting = setting;
      this.#wanted = null;
      this.#apply();
    });
    this.#apply();
  }

  stop(): void {
    this.#unsubscribe();
  }

  measured(measure: LinkMeasure): void {
    this.#measure = measure;
    this.#apply();
  }

  toggle(): void {
    this.#wanted = !this.#isLean;
    this.#apply();
    const words = this.#isLean
      ? 'Lean: one column, few bytes. {link.toggle} goes back.'
      : 'Everything is shown again. {link.toggle} makes it lean.';
    this.#env.notify(keyWords(this.#env.ui.keymap, words));
  }

  get #isLean(): boolean {
    if (this.#wanted !== null) return this.#wanted;
    return this.#setting === 'lean' || (this.#setting === 'auto' && this.#measure.isSlow);
  }

  #readSetting(): string {
    return String(settingOf(this.#env.session, 'link') ?? 'auto');
  }

  #apply(): void {
    const isLean = this.#isLean;
    const { link } = this.#env.ui;
    const { roundTripMs, bytesPerKey } = this.#measure;
    // The figures are shown while it is lean: elsewhere they would only cost a redraw.
    const next = isLean ? { isLean, roundTripMs, bytesPerKey } : { ...link, isLean };
    const isSame =
      next.isLean === link.isLean &&
      next.roundTripMs === link.roundTripMs &&
      next.bytesPerKey === link.bytesPerKey;
    if (isSame) return;
    if (next.isLean !== link.isLean) this.#options.setLean(isLean);
    this.#env.store.dispatch({ kind: 'link', link: next });
  }
}
