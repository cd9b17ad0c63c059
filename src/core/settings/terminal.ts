/** What the chat UI does with its terminal and the machine beyond drawing. */
import { splitCommand } from '../../util/command-line.ts';
import { choice, type Definition, onOff } from './definition.ts';

const maxCommandLength = 500;

export const terminalSettings: readonly Definition[] = [
  choice({
    key: 'notification-content',
    group: 'Notifications',
    choices: ['none', 'name', 'text'],
    default: 'none',
    description:
      'what a notification tells beyond that a message came: nothing, whose it is, or its beginning too',
  }),
  {
    key: 'notification-command',
    group: 'Notifications',
    default: 'off',
    description: 'a program to run for a notification, without a shell: notify-send {title} {body}',
    allowed: `a program with its arguments, at most ${maxCommandLength} characters; {title} and {body} are filled in; or off`,
    choices: null,
    parse: (text) => {
      if (text === 'off') return text;
      return text.length <= maxCommandLength && splitCommand(text) !== null ? text : null;
    },
  },
  onOff({
    key: 'title',
    group: 'Notifications',
    default: 'on',
    description: 'the number of unread messages in the title of the window, and nothing else of them',
  }),
  onOff({
    key: 'mouse',
    group: 'Screen',
    default: 'off',
    description: 'clicks and the wheel in the chat UI; the terminal itself then selects text with Shift held',
  }),
  onOff({
    key: 'pipes',
    group: 'Privacy',
    default: 'on',
    description: 'run !command from the composer, and | on a message; off: such a text is sent as it is',
  }),
  {
    key: 'open-links',
    group: 'Screen',
    default: 'auto',
    description: 'a program to open links with, without a shell; auto: the desktop’s, and none over SSH',
    allowed: `auto, off, or a program with its arguments, at most ${maxCommandLength} characters; {url} is filled in, else the link comes last`,
    choices: null,
    parse: (text) => {
      if (text === 'off' || text === 'auto') return text;
      return text.length <= maxCommandLength && splitCommand(text) !== null ? text : null;
    },
  },
  choice({
    key: 'link',
    group: 'Screen',
    choices: ['auto', 'lean', 'full'],
    default: 'auto',
    description: 'one column and few frames for a slow line; auto measures how slow it is',
  }),
];
