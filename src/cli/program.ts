/** The command tree: names, arguments, options, help. Nothing here loads what a command needs to run. */
import { Command, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { CommandName, Invocation } from './invocation.ts';

const examples = `
Examples:
  session-tui --demo                          try it out, on a network of its own
  session-tui account create --name Ada       make an account; prints its account ID
  session-tui send 05… "hello"                send one message and wait for the swarm to have it
  session-tui receive --follow --json         print messages as they come, one JSON object a line

Exit codes: 0 done, 1 error, 2 usage, 3 no network, 4 not delivered in time, 5 password,
6 store damaged, 7 profile in use, 8 not found, 130 interrupted. See session-tui(1).`;

/** Options that mean something without a command only. */
const chatOnly = ['demo', 'linear', 'version'];

function globalOptions(): Option[] {
  return [
    new Option(
      '--profile <name>',
      'which account on this machine (env: SESSION_TUI_PROFILE; default: "default")',
    ),
    new Option('--data-dir <dir>', 'where profiles live (env: SESSION_TUI_DATA_DIR)'),
    new Option(
      '--network <name|file>',
      'mainnet, testnet or a network file (env: SESSION_TUI_NETWORK; default: mainnet)',
    ),
    new Option(
      '--proxy <url>',
      'socks5h://[user:pass@]host:port for every connection (env: SESSION_TUI_PROXY; ALL_PROXY if it is SOCKS)',
    ),
    new Option('--tor', 'as --proxy socks5h://127.0.0.1:9050, or port 9150 if nothing listens there'),
    new Option(
      '--password-file <file>',
      "the store's password: the file's first line; - is standard input (env: SESSION_TUI_PASSWORD_FILE)",
    ),
    new Option('--no-password', 'when creating: no password, the data key lies in keys.json'),
    new Option('--json', 'one JSON object a line on standard output'),
    new Option('--low-bandwidth', 'poll slower, fetch nothing by itself (env: SESSION_TUI_LOW_BANDWIDTH)'),
    new Option(
      '--log-level <level>',
      'error, warn, info, debug or trace (env: SESSION_TUI_LOG, as LEVEL[:FILE])',
    ),
    new Option('--log-file <file>', 'write the log there instead of standard error'),
    new Option('--no-color', 'no colours (env: NO_COLOR)'),
  ];
}

/**
 * Builds the tree. `invoke` is called once, for a command line that is right in form; everything else makes
 * commander throw a CommanderError. `write` gets help and version.
 */
export function buildProgram(
  invoke: (invocation: Invocation) => void,
  write: (text: string) => void,
): Command {
  const program = new Command('session-tui');
  program
    .description('A terminal client for the Session messenger. Without a command it opens the chat UI.')
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureOutput({ writeOut: write, writeErr: () => undefined, outputError: () => undefined })
    .configureHelp({ showGlobalOptions: true, visibleGlobalOptions })
    .exitOverride()
    .option('--demo', 'the chat UI on an embedded devnet with an echo contact and a throwaway account')
    .option(
      '--linear',
      'the chat UI line by line, for screen readers and slow lines (env: SESSION_TUI_LINEAR)',
    )
    .addHelpText('after', examples);
  for (const option of globalOptions()) program.addOption(option);

  const run =
    (command: CommandName) =>
    (...given: unknown[]): void => {
      // commander calls with the arguments, then the options, then the command.
      const self = given.at(-1);
      const options = self instanceof Command ? self.optsWithGlobals() : {};
      const args = given.slice(0, -2).filter((arg) => typeof arg === 'string');
      invoke({ command, args, options });
    };

  program.action(run('chat'));
  addAccountCommands(program, run);
  addProfileCommands(program, run);
  addLockPasswordCommands(program, run);
  addBackupCommands(program, run);
  addMessageCommands(program, run);
  addContactCommands(program, run);
  addSettingsCommands(program, run);
  addNetworkCommands(program, run);
  program
    .command('doctor')
    .description('check terminal, store, proxy, network and clock, and say what to mend')
    .action(run('doctor'));
  program.command('schema').description('print the JSON Schema of every JSON line').action(run('schema'));
  return program;
}

type Run = (command: CommandName) => (...given: unknown[]) => void;

function addAccountCommands(program: Command, run: Run): void {
  const account = program
    .command('account')
    .description('make, restore and show accounts')
    .helpCommand(false);
  account
    .command('create')
    .description('make an account and print its account ID')
    .option('--name <name>', 'the display name others see, 1 to 100 bytes')
    .action(run('account create'));
  account
    .command('restore')
    .description('restore an account from its 13 words, on standard input or asked for')
    .option('--name <name>', 'the display name others see, 1 to 100 bytes')
    .action(run('account restore'));
  account
    .command('show')
    .description('print account ID and display name')
    .option('--qr', 'draw the account ID as a QR code')
    .action(run('account show'));
  account
    .command('phrase')
    .description('print the 13 words of the recovery phrase and nothing else')
    .option('--yes', 'do not ask first')
    .action(run('account phrase'));
}

function addProfileCommands(program: Command, run: Run): void {
  const profile = program.command('profile').description('the profiles on this machine').helpCommand(false);
  profile.command('list').description('list profiles').action(run('profile list'));
  profile
    .command('remove')
    .description('remove a profile with its keys and messages, for good')
    .argument('<name>', 'the profile')
    .option('--yes', 'do not ask first')
    .action(run('profile remove'));
}

function addLockPasswordCommands(program: Command, run: Run): void {
  const lockPassword = program
    .command('lock-password')
    .description('the password that the messages on this machine are locked with')
    .helpCommand(false);
  const newPasswordFile = '--new-password-file <file>';
  const help = "the new password: the file's first line; - is standard input";
  lockPassword
    .command('set')
    .description('give a profile without a password one')
    .option(newPasswordFile, help)
    .action(run('lock-password set'));
  lockPassword
    .command('change')
    .description('change the password')
    .option(newPasswordFile, help)
    .action(run('lock-password change'));
  lockPassword
    .command('remove')
    .description('remove the password: the data key then lies in keys.json')
    .action(run('lock-password remove'));
}

function addBackupCommands(program: Command, run: Run): void {
  const backup = program
    .command('backup')
    .description('take a profile along in one encrypted file')
    .helpCommand(false);
  const passwordFile = '--backup-password-file <file>';
  const help = "the backup's own password, else it is that of the profile; - is standard input";
  backup
    .command('export')
    .description('write the account and all messages into one encrypted file')
    .argument('<file>', 'a file that does not exist yet')
    .option(passwordFile, help)
    .action(run('backup export'));
  backup
    .command('import')
    .description('make a profile from a backup, or merge it into one of the same account')
    .argument('<file>', 'the backup')
    .option(passwordFile, help)
    .action(run('backup import'));
}

/** How long a change waits to be on the network (contracts.md section 1). */
const waitForDevices = [
  '--wait <seconds>',
  'how long to wait for the swarm to have it (default: 30)',
] as const;

const recipientHelp = 'an account ID (05…), the name of a contact, a Session name, or "me"';

function addMessageCommands(program: Command, run: Run): void {
  program
    .command('send')
    .description('send one message')
    .argument('<recipient>', recipientHelp)
    .argument('[text]', 'the message; from standard input where it is left out or "-"')
    .option('--reply-to <message-id>', 'quote that message')
    .option('--wait <seconds>', 'how long to wait for the swarm to have it (default: 30)')
    .action(run('send'));
  program
    .command('receive')
    .description('fetch once, print what is new, and exit')
    .option('--follow', 'go on until interrupted')
    .option('--since <time>', 'print stored messages again from then on (ISO 8601, or ms since 1970)')
    .action(run('receive'));
  program
    .command('conversations')
    .description('list conversations with unread counts')
    .action(run('conversations'));
  program
    .command('messages')
    .description('print stored messages, oldest first, without marking them as read')
    .argument('<conversation>', recipientHelp)
    .option('--limit <n>', 'how many, the newest ones (default: 50)')
    .option('--before <message-id>', 'only messages before that one')
    .option('--search <words>', 'only messages that have all these words')
    .option(
      '--export <file>',
      'write them all, or as many as --limit says, to a new .jsonl, .md or .html file',
    )
    .action(run('messages'));
  program
    .command('read')
    .description('mark a conversation as read')
    .argument('<conversation>', recipientHelp)
    .option(...waitForDevices)
    .action(run('read'));
  program
    .command('delete')
    .description('delete a message')
    .argument('<message-id>', 'as `messages` and `receive` print it')
    .option('--everyone', 'your own message, on the other side and on your other devices too')
    .option('--wait <seconds>', 'how long to wait for the network to know (default: 30)')
    .action(run('delete'));
  program
    .command('react')
    .description('put an emoji on a message')
    .argument('<message-id>', 'as `messages` and `receive` print it')
    .argument('<emoji>', 'one emoji')
    .option('--remove', 'take it off again')
    .option('--wait <seconds>', 'how long to wait for the network to know (default: 30)')
    .action(run('react'));
}

function addContactCommands(program: Command, run: Run): void {
  const contact = program.command('contact').description('the people one writes with').helpCommand(false);
  contact.command('list').description('list contacts').action(run('contact list'));
  contact
    .command('show')
    .description('print one contact')
    .argument('<id>', recipientHelp)
    .option('--qr', 'draw the account ID as a QR code, to hand the contact on')
    .action(run('contact show'));
  contact
    .command('add')
    .description('put somebody into the list of conversations; sends nothing')
    .argument('<id>', recipientHelp)
    .option('--name <nickname>', 'what to call them here, up to 100 bytes')
    .option(...waitForDevices)
    .action(run('contact add'));
  contact
    .command('rename')
    .description('give a contact a nickname; an empty one takes it away')
    .argument('<id>', recipientHelp)
    .argument('<nickname>', 'what to call them here, up to 100 bytes')
    .option(...waitForDevices)
    .action(run('contact rename'));
  contact
    .command('mute')
    .description('no notifications of a contact')
    .argument('<id>', recipientHelp)
    .option('--for <time>', 'for how long, such as 30m, 8h or 7d (default: for good)')
    .option(...waitForDevices)
    .action(run('contact mute'));
  contact
    .command('timer')
    .description('let what you write to a contact disappear after a time; they are told')
    .argument('<id>', recipientHelp)
    .argument('<duration>', 'off, or a time from 10s to 2w, such as 5m, 12h or 7d')
    .option('--after <event>', 'send or read: what the time runs from (default: read; for "me" send)')
    .option(...waitForDevices)
    .action(run('contact timer'));
  for (const [name, description] of [
    ['pin', 'keep a conversation at the top of the list'],
    ['unpin', 'pin it no longer'],
    ['unmute', 'mute a contact no longer'],
    ['hide', 'take a conversation off the list until its next message'],
    ['accept', 'accept a message request; tells who sent it'],
    ['decline', 'delete a message request; tells nobody'],
    ['block', 'drop whatever a contact sends, before it is stored'],
    ['unblock', 'block a contact no longer'],
    ['remove', 'delete a contact with the conversation, on all devices'],
  ] as const) {
    contact
      .command(name)
      .description(description)
      .argument('<id>', recipientHelp)
      .option(...waitForDevices)
      .action(run(`contact ${name}`));
  }
}

function addSettingsCommands(program: Command, run: Run): void {
  const settings = program
    .command('settings')
    .description('the settings of the profile: name (the own display name), auto-lock, notifications, theme')
    .helpCommand(false);
  settings.command('list').description('list all settings').action(run('settings list'));
  settings
    .command('get')
    .description('print the value of one setting')
    .argument('<key>', 'name, auto-lock, notifications or theme')
    .action(run('settings get'));
  settings
    .command('set')
    .description('change one setting')
    .argument('<key>', 'name, auto-lock, notifications or theme')
    .argument(
      '<value>',
      'the new value; for auto-lock 1 to 1440 minutes, or off; for notifications and theme see the manual',
    )
    .option(...waitForDevices)
    .action(run('settings set'));
}

function addNetworkCommands(program: Command, run: Run): void {
  const network = program
    .command('network')
    .description('the network and the path in use')
    .helpCommand(false);
  network
    .command('status')
    .description('connect, and print path, node list and proxy')
    .option('--watch', 'go on printing changes until interrupted')
    .action(run('network status'));
  network.command('path').description('print the path in use, hop by hop').action(run('network path'));
  network
    .command('refresh')
    .description('fetch the list of service nodes anew')
    .action(run('network refresh'));
  program
    .command('devnet')
    .description('run a whole Session network on this machine')
    .option('--nodes <n>', 'how many service nodes (default: 9)')
    .option('--port <port>', 'port of the seed node, nodes follow; 0 takes free ones (default: 0)')
    .option('--subnets [on|off]', 'a /24 for each node, or all on 127.0.0.1 (default: on)')
    .option('--state-dir <dir>', 'where it keeps its state (default: a temporary folder)')
    .option('--network-file <file>', 'where to write the network file (default: in the state dir)')
    .option('--journal <file>', 'record what each server could see of each request')
    .option('--faults <spec>', 'misbehaviour on purpose, such as drop=0.1,delay=200 (default: none)')
    .option('--control <socket>', 'a Unix socket that takes lines as --faults does')
    .option('--echo', 'add an account that answers each message with "echo: " and its text')
    .action(run('devnet'));
}

/** A command's help names the options that work with it. */
function visibleGlobalOptions(command: Command): Option[] {
  if (command.parent === null) return [];
  let root = command.parent;
  while (root.parent !== null) root = root.parent;
  return root.options.filter((option) => !chatOnly.includes(option.attributeName()));
}
