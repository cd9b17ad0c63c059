/** The open dialog as it looks. */
import type { ActionState } from '../actions.ts';
import { keyOf } from '../keys/hints.ts';
import type { Dialog } from '../state/ui-state.ts';
import { part } from '../text/cells.ts';
import type { Theme } from '../theme/theme.ts';
import { accountView } from './account.ts';
import { commandView } from './command.ts';
import type { DialogRoom, DialogView } from './dialog-view.ts';
import { networkView, quitView } from './facts.ts';
import { helpView } from './help.ts';
import { messageActionView } from './message-actions.ts';
import { messageInfoLines, messageInfoView } from './message-info.ts';
import { newConversationView } from './new-conversation.ts';
import { keyPressView, keysView } from './own-keys.ts';
import { paletteEntries, paletteView } from './palette.ts';
import { blockedView, contactDialogView } from './people.ts';
import { readingDialogView } from './reading-dialogs.ts';
import { searchView } from './search.ts';
import { settingChoiceView, settingsView, settingTextView } from './settings.ts';

/** Keys in the hints of dialogs that are an action's: where it has another one, that is said. */
const keysOfActions = [
  { label: 'Esc', actions: ['back', 'composer.clear'] },
  { label: 'Alt-A', actions: ['account.copy'] },
] as const;

/** The dialog, its hints with the keys in force. */
export function dialogView(dialog: Dialog, context: ActionState, room: DialogRoom, theme: Theme): DialogView {
  const view = viewOf(dialog, context, room, theme);
  const { keymap } = context.ui;
  let footer: string = view.footer;
  for (const { label, actions } of keysOfActions) {
    const key = actions.map((action) => keyOf(keymap, action)).find((one) => one !== null) ?? label;
    footer = footer.replace(new RegExp(`\\b${label}\\b`), () => key);
  }
  return footer === view.footer ? view : { ...view, footer: part(footer) };
}

function viewOf(dialog: Dialog, context: ActionState, room: DialogRoom, theme: Theme): DialogView {
  switch (dialog.kind) {
    case 'palette': {
      const entries = paletteEntries(context, dialog.field.text);
      return paletteView(entries, dialog.field, dialog.index, room, theme, context.ui.keymap);
    }
    case 'new-conversation':
      return newConversationView(dialog.field, dialog.error, dialog.busy, room, theme);
    case 'search':
      return searchView(dialog, context.session, context.ui.open !== null, room, theme);
    case 'pipe':
    case 'run':
    case 'output':
      return commandView(dialog, room, theme);
    case 'settings':
      return settingsView(dialog, room, theme);
    case 'setting-choice':
      return settingChoiceView(dialog, room, theme);
    case 'setting-text':
      return settingTextView(dialog, room, theme);
    case 'keys':
      return keysView(dialog, context.ui.keymap, room, theme);
    case 'key-press':
      return keyPressView(dialog, context.ui.keymap, room, theme);
    case 'help':
      return helpView(dialog.top, room, theme, context.ui.keymap);
    case 'message': {
      const conversation = context.session.conversations.find(({ id }) => id === dialog.message.conversation);
      const { accountId } = context.session.account;
      const lines = messageInfoLines(dialog, conversation, accountId, room, theme);
      return messageInfoView(lines, dialog.top, room);
    }
    case 'react':
    case 'delete':
    case 'save':
      return messageActionView(dialog, context.session.account.accountId, room, theme);
    case 'links':
    case 'lens':
    case 'whole':
    case 'date':
      return readingDialogView(dialog, context.session, room, theme);
    case 'network':
      return networkView(context.session, dialog.top, room, theme);
    case 'account':
      return accountView(context.session, room, theme);
    case 'blocked':
      return blockedView(dialog, room, theme);
    case 'contact-menu':
    case 'contact-mute':
    case 'contact-name':
    case 'contact-confirm':
    case 'contact-card': {
      const contact = context.session.conversations.find(({ id }) => id === dialog.contact);
      return contactDialogView(dialog, contact, room, theme);
    }
    case 'quit':
      return quitView(context.session.queued, room, theme);
  }
}
