/** What a run of the chat UI is given, on the full screen and line by line. */
import type { Messenger } from '../core/types.ts';
import type { Platform } from '../util/platform.ts';
import type { KeyFile } from './keys/key-file.ts';
import type { CommandRunner } from './terminal/command-runner.ts';
import type { FileSaver } from './terminal/file-saver.ts';
import type { JobControl } from './terminal/job-control.ts';
import type { Multiplexer, NotificationCommand } from './terminal/notification.ts';
import type { InputStream, OutputStream } from './terminal/streams.ts';
import type { TextEditor } from './terminal/text-editor.ts';

export type RunOptions = Readonly<{
  messenger: Messenger;
  profile: string;
  /** from a password file: unlocks without asking, and is the password of a new account; null: ask */
  password: string | null;
  /** a new account gets no password, without asking */
  noPassword: boolean;
  /** account ID of a conversation to open at once, ready to write in */
  openConversation?: string;
  /** a line or two of our own words to begin with */
  welcome?: string;
  /** for suspending; without it Ctrl-Z is refused */
  jobs?: JobControl;
  /** for a message in an editor of the person's own; without it that is refused */
  editor?: TextEditor;
  /** the file with the person's own keys; without it changed keys last until the end */
  keyFile?: KeyFile;
  /** for commands of the person's own; without it they are refused */
  runner?: CommandRunner;
  /** for files of the person's own; without it none is written */
  saver?: FileSaver;
  /** runs a program of the person's own for a notification */
  notificationCommand?: NotificationCommand;
  /** what notifications and the clipboard have to pass on their way to the terminal */
  multiplexer?: Multiplexer;
  platform: Platform;
  stdin: InputStream;
  stdout: OutputStream;
}>;
