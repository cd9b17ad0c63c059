/** The bottom row: how the network stands, what waits, the path in use, the proxy. Pure. */
import type { Hop, NetworkPhase, SessionState } from '../../core/types.ts';
import { joinSafe, type SafeText, safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import { hintText } from '../keys/hints.ts';
import type { Keymap } from '../keys/types.ts';
import type { LinkView } from '../state/ui-state.ts';
import { cellWidth, fitCells, truncateCells } from '../text/cells.ts';
import { row, type Styled, type Theme } from '../theme/theme.ts';

const phases: Readonly<
  Record<NetworkPhase, Readonly<{ word: string; mark: string; role: 'good' | 'warning' | 'dim' }>>
> = {
  idle: { word: 'not connected', mark: '○', role: 'dim' },
  connecting: { word: 'connecting', mark: '◌', role: 'warning' },
  online: { word: 'online', mark: '●', role: 'good' },
  offline: { word: 'offline', mark: '○', role: 'warning' },
};

const fullLink: LinkView = { isLean: false, roundTripMs: null, bytesPerKey: null };

/** `lean: 38 B/key, 310 ms`, as far as it is known. */
function leanWords({ bytesPerKey, roundTripMs }: LinkView): SafeText {
  const figures = [
    ...(bytesPerKey === null ? [] : [`${bytesPerKey} B/key`]),
    ...(roundTripMs === null ? [] : [`${roundTripMs} ms`]),
  ];
  return safe(figures.length === 0 ? 'lean' : `lean: ${figures.join(', ')}`);
}

/** Guard, middle and exit by address: `1.2.3.4→5.6.7.8→9.10.11.12`. */
export function pathText(hops: readonly Hop[], arrow: string): SafeText {
  return joinSafe(
    hops.map((hop) => sanitizeName(hop.ip)),
    safe(arrow),
  );
}

export function statusLine(
  state: Pick<SessionState, 'network' | 'queued'>,
  width: number,
  theme: Theme,
  keymap: Keymap,
  link: LinkView = fullLink,
): Styled {
  const { network, queued } = state;
  const hint = link.isLean ? leanWords(link) : hintText(keymap, '{help.open} help');
  const phase = phases[network.phase];
  const hops = network.paths[0]?.hops ?? [];
  const detail = sanitizeText(network.detail.replaceAll('\n', ' '));
  const proxy =
    network.proxy === null
      ? safe('')
      : joinSafe([proxyWord(network), sanitizeName(network.proxy)], safe(' '));
  const waiting = queued > 0 ? safe(`${queued} queued`) : safe('');
  const attempt = (word: SafeText, arrow: string): SafeText[] => {
    const path = pathText(hops, arrow);
    const rest = network.phase === 'online' ? [path, proxy, detail] : [detail, path, proxy];
    return [word, waiting, ...rest].filter((piece) => piece !== '');
  };
  // Wide first; on a narrow screen the path must still fit, so the word and the spaces go.
  const mark = safe(phase.mark);
  const full = joinSafe([mark, safe(phase.word)], safe(' '));
  let pieces = attempt(full, ' → ');
  if (lengthOf(pieces) > width) pieces = attempt(full, '→');
  if (lengthOf(pieces) > width && network.phase === 'online') pieces = attempt(mark, '→');
  const [head = safe(''), ...others] = pieces;
  const tail = others.length === 0 ? safe('') : joinSafe([safe(''), ...others], separator);
  const used = cellWidth(head);
  // How a slow line does is worth more than the end of a path.
  const kept = link.isLean ? Math.min(width, cellWidth(hint) + 2) : 0;
  const left = truncateCells(tail, Math.max(0, width - used - kept));
  const free = width - used - cellWidth(left);
  const right = free >= cellWidth(hint) + 2 ? hint : safe('');
  return row(
    theme[phase.role](truncateCells(head, width)),
    theme.dim(fitCells(left, width - used - cellWidth(right))),
    theme.dim(right),
  );
}

const separator = safe(' · ');

/** A proxy that the surroundings chose is nothing the person asked for: it is said. */
export function proxyWord({ proxySource }: Pick<SessionState['network'], 'proxySource'>): SafeText {
  return safe(proxySource === 'ALL_PROXY' ? 'proxy from ALL_PROXY' : 'proxy');
}

function lengthOf(pieces: readonly SafeText[]): number {
  return cellWidth(joinSafe(pieces, separator));
}
