import { UsageError } from '../../errors.ts';
import { chatTerminal, showChat } from '../chat-terminal.ts';
import { type Context, openMessenger } from '../context.ts';
import { flagOption, type Invocation } from '../invocation.ts';
import { linearChoice } from '../linear-choice.ts';

/** Without a command: the chat UI, which needs a terminal; onboarding and unlocking are its own screens. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const { io, settings } = context;
  if (!io.stdinIsTerminal || !io.stdoutIsTerminal) {
    throw new UsageError(
      'no-terminal',
      'The chat UI needs a terminal. For scripts there are commands such as send and receive: session-tui --help.',
    );
  }
  if (settings.json) throw new UsageError('usage', '--json needs a command. See session-tui --help.');
  const linear = linearChoice(io.env, invocation.options);
  if (flagOption(invocation.options, 'demo')) {
    const { runDemo } = await import('../demo.ts');
    return runDemo(context, linear);
  }
  const [ui, messenger] = await Promise.all([context.modules.ui(), openMessenger(context)]);
  return showChat(ui, linear, {
    ...chatTerminal(context, ui),
    messenger,
    profile: settings.profile,
    password: await context.password.given(),
    noPassword: settings.noPassword,
  });
}
