/** One's own account: the Account ID whole, and as a QR code for a phone's camera. */
import type { SessionState } from '../../core/types.ts';
import { joinSafe, type SafeText, safe, sanitizeName } from '../../text/sanitize.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, type DialogView, dialogLine } from './dialog-view.ts';
import { qrLines } from './people.ts';

/** The code where there is room for all of it; of the words what fits; the ID always. */
export function accountView(state: SessionState, room: DialogRoom, theme: Theme): DialogView {
  const { account, unprotected } = state;
  const said = (text: SafeText, paint = theme.plain): DialogLine[] =>
    wrapCells(text, room.width).map((line) => dialogLine(line, room, paint));
  const name = sanitizeName(account.name);
  const id = said(sanitizeName(account.accountId), theme.key);
  const code = qrLines(account.accountId, { ...room, height: room.height - id.length }, theme);
  const others = [
    said(safe('Give this Account ID to people who should write to you; it is no secret.'), theme.dim),
    ...(code !== null
      ? []
      : [said(safe('For a QR code the window is too small: session-tui account show --qr'), theme.dim)]),
    said(
      name === ''
        ? safe('You have no display name; others see Anonymous.')
        : joinSafe([safe('Display name:'), name], safe(' ')),
    ),
    said(joinSafe([safe('Profile:'), sanitizeName(account.profile)], safe(' ')), theme.dim),
  ];
  if (unprotected)
    others.push(
      said(safe('No password: whoever can read this profile’s folder can read the messages.'), theme.warning),
    );
  const lines = [...id, ...(code ?? [])];
  // Whole sentences only, in this order.
  for (const block of others) if (lines.length + block.length <= room.height) lines.push(...block);
  return {
    title: safe('Your account'),
    lines: lines.slice(0, room.height),
    footer: safe('Alt-A copies the ID · Esc closes'),
    cursor: null,
  };
}
