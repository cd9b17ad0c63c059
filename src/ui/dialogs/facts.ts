/** Dialogs that only tell: the network, the question before quitting. */
import type { SessionState } from '../../core/types.ts';
import { joinSafe, type SafeText, safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import { clockTime, dayLabel } from '../text/dates.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, type DialogView, dialogLine, windowOf } from './dialog-view.ts';
import { pathPicture } from './path-picture.ts';

const phaseWords: Readonly<Record<SessionState['network']['phase'], string>> = {
  idle: 'Not connected yet.',
  connecting: 'Connecting.',
  online: 'Connected.',
  offline: 'Not connected; it goes on trying.',
};

const guardWords = { testing: 'is being tested.', troubled: 'does not answer well.' } as const;

/** The path in use hop by hop, the proxy, the node list, what waits and what was skipped. */
export function networkLines(state: SessionState, room: DialogRoom, theme: Theme): readonly DialogLine[] {
  const { network, queued, skipped } = state;
  const lines: DialogLine[] = [];
  const say = (text: SafeText, paint: (text: SafeText) => ReturnType<Theme['plain']> = theme.plain) => {
    for (const line of wrapCells(text, room.width)) lines.push(dialogLine(line, room, paint));
  };
  const detail = sanitizeText(network.detail);
  const phase = safe(phaseWords[network.phase]);
  const picture = pathPicture(network, room, theme);
  const whole = detail === '' ? phase : joinSafe([phase, detail], safe(' '));
  if (wrapCells(whole, room.width).length + picture.length <= room.height) {
    say(whole);
    lines.push(...picture);
  } else {
    // Where rows are few the whole way is worth more than the end of the words.
    say(phase);
    lines.push(...picture);
    say(detail);
  }
  if (network.paths.length === 0)
    say(safe('No path stands. One is built when something is sent or fetched.'), theme.dim);
  for (const [index, guard] of network.guards.entries())
    if (guard.state !== 'good')
      say(
        joinSafe(
          [safe(`Guard ${index + 1}:`), sanitizeName(guard.ip), safe(guardWords[guard.state])],
          safe(' '),
        ),
        theme.warning,
      );
  const others = network.paths.length - 1;
  // What was built before the network went is not known to stand.
  if (others > 0 && network.phase === 'online')
    say(safe(others === 1 ? 'One more path is ready.' : `${others} more paths are ready.`), theme.dim);
  say(
    network.proxy === null
      ? safe('Proxy: none; the guard node sees this machine’s address.')
      : joinSafe(
          [
            safe('Proxy:'),
            sanitizeName(network.proxy),
            safe(network.proxySource === 'ALL_PROXY' ? '(from ALL_PROXY)' : ''),
          ].filter((word) => word !== ''),
          safe(' '),
        ),
  );
  if (network.nodes > 0) {
    const at = joinSafe([dayLabel(network.nodeListAt), clockTime(network.nodeListAt)], safe(' '));
    say(joinSafe([safe(`${network.nodes} service nodes known, listed`), at], safe(' ')));
  }
  if (queued > 0)
    say(safe(`${queued} ${queued === 1 ? 'message waits' : 'messages wait'} to go out.`), theme.warning);
  const bad = Object.entries(skipped).filter(([, count]) => count > 0);
  if (bad.length > 0) {
    const words = bad.map(([code, count]) => `${count} ${code}`).join(', ');
    say(joinSafe([safe('Skipped as unreadable:'), sanitizeName(words)], safe(' ')), theme.dim);
  }
  return lines;
}

/** A window of `networkLines`, from line `top`. */
export function networkView(state: SessionState, top: number, room: DialogRoom, theme: Theme): DialogView {
  return windowOf(safe('Network'), networkLines(state, room, theme), top, room);
}

export function quitView(queued: number, room: DialogRoom, theme: Theme): DialogView {
  const words =
    queued === 0
      ? safe('Quit?')
      : safe(
          `${queued} ${queued === 1 ? 'message is' : 'messages are'} still waiting to go out. ${queued === 1 ? 'It stays' : 'They stay'} queued and will be sent the next time. Quit now?`,
        );
  const lines = wrapCells(words, room.width).map((line) => dialogLine(line, room, theme.plain));
  return { title: safe('Quit'), lines, footer: safe('Enter or y quits · Esc or n stays'), cursor: null };
}
