/**
 * The colours of the themes. Each has a contrast of at least 4.5:1 (high contrast: 7:1) on the grounds that
 * `backgroundOf` takes for dark or light; test/ui/theme holds them to it.
 */

export const inkNames = [
  'dim',
  'name',
  'self',
  'unread',
  'good',
  'warning',
  'error',
  'key',
  'selected',
] as const;

export type InkName = (typeof inkNames)[number];

/** One colour at each depth. */
export type Ink = Readonly<{
  /** `#rrggbb` */
  rgb: string;
  /** of the 256: 16 to 255, which nobody changes */
  indexed: number;
  /** SGR of one of the terminal's own 16, or 39 */
  basic: string;
}>;

export type Palette = Readonly<Record<InkName, Ink>>;

const ink = (rgb: string, indexed: number, basic: string): Ink => ({ rgb, indexed, basic });

const darkGreen = ink('#8fdc8f', 114, '92');
const darkYellow = ink('#ffd466', 221, '93');
const lightGreen = ink('#005c1a', 22, '39;1');
const lightAmber = ink('#7d5200', 94, '35');
const contrastYellow = ink('#ffff87', 228, '93');
const contrastGreen = ink('#98ff98', 120, '92');
const contrastGreenOnLight = ink('#004d00', 16, '39');
const contrastPurple = ink('#5f005f', 53, '35');

export const palettes: Readonly<Record<'dark' | 'light' | 'darkContrast' | 'lightContrast', Palette>> = {
  dark: {
    dim: ink('#a9adb5', 248, ''),
    name: ink('#82cfff', 117, '96'),
    self: darkGreen,
    unread: darkYellow,
    good: darkGreen,
    warning: darkYellow,
    error: ink('#ff8f87', 210, '91'),
    key: ink('#8ee8e0', 116, '96'),
    selected: ink('#82cfff', 117, ''),
  },
  light: {
    dim: ink('#5a5f66', 240, ''),
    name: ink('#0055a8', 25, '34'),
    self: lightGreen,
    unread: lightAmber,
    good: lightGreen,
    warning: lightAmber,
    error: ink('#b00020', 124, '31'),
    key: ink('#00577d', 24, '34'),
    selected: ink('#0055a8', 25, ''),
  },
  darkContrast: {
    dim: ink('#ffffff', 231, ''),
    name: ink('#9fffff', 123, '96'),
    self: contrastGreen,
    unread: contrastYellow,
    good: contrastGreen,
    warning: contrastYellow,
    error: ink('#ffc8c8', 224, '97'),
    key: ink('#9fffff', 123, '96'),
    selected: ink('#ffffff', 231, ''),
  },
  lightContrast: {
    dim: ink('#000000', 16, ''),
    name: ink('#00005f', 17, '34'),
    self: contrastGreenOnLight,
    unread: contrastPurple,
    good: contrastGreenOnLight,
    warning: contrastPurple,
    error: ink('#800000', 88, '31'),
    key: ink('#00005f', 17, '34'),
    selected: ink('#000000', 16, ''),
  },
};
