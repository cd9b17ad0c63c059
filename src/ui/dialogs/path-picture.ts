/**
 * The way of a message as a small picture: you, the proxy, guard, middle, exit, the swarm it goes to, each with how it
 * stands. Beside each other where there is room, else below each other. Pure; drawn anew with each change of the network.
 */
import type { Hop, NetworkView } from '../../core/types.ts';
import { joinSafe, type SafeText, safe, sanitizeName } from '../../text/sanitize.ts';
import { cellWidth, fitCells } from '../text/cells.ts';
import type { Styled, Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, dialogLine, dialogRow } from './dialog-view.ts';

type State = 'good' | 'testing' | 'troubled' | 'none';

type Stop = Readonly<{
  name: SafeText;
  /** its address; empty: it has none, or none is known */
  where: SafeText;
  /** null: an end of the way, of which there is nothing to say */
  state: State | null;
}>;

const marks: Readonly<Record<State, string>> = { good: '●', testing: '◌', troubled: '✕', none: '○' };
const words: Readonly<Record<State, string>> = {
  good: 'ok',
  testing: 'being tested',
  troubled: 'failing',
  none: 'not chosen',
};
const roles = { good: 'good', testing: 'warning', troubled: 'error', none: 'dim' } as const;
const arrow = safe(' ─▶ ');
const hopNames = ['guard', 'middle', 'exit'];

export function pathPicture(network: NetworkView, room: DialogRoom, theme: Theme): DialogLine[] {
  const stops = stopsOf(network);
  return beside(stops, room, theme) ?? below(stops, room, theme);
}

function stopsOf(network: NetworkView): Stop[] {
  const path = network.paths[0];
  const stops: Stop[] = [{ name: safe('you'), where: safe(''), state: null }];
  if (network.proxy !== null)
    stops.push({ name: safe('proxy'), where: sanitizeName(hostOf(network.proxy)), state: null });
  const tested = network.guards.find(({ state }) => state !== 'good') ?? network.guards[0];
  for (const [index, name] of hopNames.entries()) {
    const hop = path?.hops[index] ?? (index === 0 ? tested : undefined);
    const state =
      index === 0 ? guardState(network, hop) : hop === undefined ? 'none' : hopState(path?.failures);
    stops.push({ name: safe(name), where: hop === undefined ? safe('') : sanitizeName(hop.ip), state });
  }
  stops.push({ name: safe('swarm'), where: safe(''), state: null });
  return stops;
}

/** The scheme says nothing that the picture does not. */
function hostOf(proxy: string): string {
  return proxy.replace(/^[a-z0-9]+:\/\//i, '');
}

function guardState({ guards, paths }: NetworkView, hop: Pick<Hop, 'ip' | 'port'> | undefined): State {
  if (hop === undefined) return 'none';
  const known = guards.find(({ ip, port }) => ip === hop.ip && port === hop.port);
  return known?.state ?? hopState(paths[0]?.failures);
}

function hopState(failures: number | undefined): State {
  return failures === undefined ? 'none' : failures > 0 ? 'troubled' : 'good';
}

/** Three rows: who, where, how it stands. Null: it does not fit. */
function beside(stops: readonly Stop[], room: DialogRoom, theme: Theme): DialogLine[] | null {
  const columns = stops.map(({ name, where, state }) => {
    const head = state === null ? name : joinSafe([safe(marks[state]), name], safe(' '));
    const below = state === null ? safe('') : safe(words[state]);
    const rows = [head, where, below] as const;
    return { rows, state, width: Math.max(...rows.map((text) => cellWidth(text))) };
  });
  const total = columns.reduce((sum, { width }) => sum + width, (stops.length - 1) * cellWidth(arrow));
  if (total > room.width) return null;
  return ([0, 1, 2] as const).map((row) => {
    const gap = row === 0 ? arrow : safe('    ');
    return dialogRow(
      columns.flatMap(({ rows, state, width }, index) => {
        const paint: (text: SafeText) => Styled =
          row === 1 ? theme.plain : state === null ? theme.strong : theme[roles[state]];
        const cell = { text: fitCells(rows[row], width), paint };
        return index === 0 ? [cell] : [{ text: gap, paint: theme.dim }, cell];
      }),
    );
  });
}

/** A row each; you are at the top. */
function below(stops: readonly Stop[], room: DialogRoom, theme: Theme): DialogLine[] {
  return stops.map(({ name, where, state }, index) => {
    const lead = index === 0 ? safe('  ') : safe('▼ ');
    const mark = state === null ? safe('  ') : safe(`${marks[state]} `);
    const paint = state === null ? theme.strong : theme[roles[state]];
    const known = [where, state === null ? safe('') : safe(words[state])].filter((text) => text !== '');
    const rest = fitCells(joinSafe(known, safe('  ')), Math.max(0, room.width - 12));
    if (room.width < 14) return dialogLine(joinSafe([mark, name], safe('')), room, paint);
    return dialogRow([
      { text: lead, paint: theme.dim },
      { text: joinSafe([mark, fitCells(name, 7), safe(' ')], safe('')), paint },
      { text: rest, paint: theme.plain },
    ]);
  });
}
