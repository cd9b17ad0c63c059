/**
 * `$VISUAL` or `$EDITOR` on the text of a message. One of the few files that may start a program:
 * this one starts what the person named, when the person asks for it.
 */
import { spawn } from 'node:child_process';
import type { EditedText, TextEditor } from '../ui/index.ts';
import { makeDraftFile } from './draft-file.ts';

/** Far above what a message holds. */
const maxBytes = 1024 * 1024;

/** The editor that the environment names, on the terminal of this process. */
export function textEditor(
  env: Readonly<Record<string, string | undefined>>,
  runtimeDirs: readonly string[],
): TextEditor {
  return async (text, signal) => {
    const command = [env.VISUAL, env.EDITOR].find((name) => name !== undefined && name.trim() !== '');
    if (command === undefined)
      return failed('No editor is named. Set the variable VISUAL or EDITOR, for example to nano.');
    const draft = makeDraftFile(text, runtimeDirs);
    if (draft === null)
      return failed('No folder of your own could be made for the text, so nothing was done.');
    try {
      const trouble = await runEditor(command, draft.path, signal);
      if (trouble !== null) return failed(trouble);
      const bytes = draft.read(maxBytes);
      if (bytes === null)
        return failed('The editor left no text, or far too much; the message is as it was.');
      // Editors end the last line, which was not asked for.
      return { kind: 'edited', text: new TextDecoder().decode(bytes).replace(/\r?\n$/, '') };
    } finally {
      draft.remove();
    }
  };
}

/** By the shell, since the variable may hold options. Null when the editor says that all went well. */
async function runEditor(command: string, path: string, signal: AbortSignal): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const child = spawn('/bin/sh', ['-c', `${command} "$1"`, 'session-tui', path], { stdio: 'inherit' });
  const kill = () => void child.kill();
  signal.addEventListener('abort', kill);
  child.on('error', () => resolve('The editor could not be started; the message is as it was.'));
  child.on('exit', (code) => {
    signal.removeEventListener('abort', kill);
    if (code === 0) resolve(null);
    else if (code === 127) resolve('The editor that VISUAL or EDITOR names was not found.');
    else resolve('The editor ended with an error; the message is as it was.');
  });
  return promise;
}

function failed(reason: string): EditedText {
  return { kind: 'failed', reason };
}
