/** A devnet with some people on it, and a profile whose screens are worth a look. */
import { join } from 'node:path';
import { encodeRecoveryPhrase } from '../../src/protocol/mnemonic.ts';
import { jsonLines, Running, run } from '../../test/support/program.ts';

export type World = Readonly<{
  /** global options of the profile that is shown */
  options: readonly string[];
  close(): Promise<void>;
}>;

const people = ['Me', 'Ana', 'Björn', 'Книжный клуб', '山田さん'] as const;
type Person = (typeof people)[number];

/** Who writes what, in this order. What one writes first makes the other no stranger. */
const talk: readonly (readonly [from: Person, to: Person, text: string])[] = [
  ['Me', '山田さん', '写真をありがとう！'],
  ['山田さん', 'Me', 'どういたしまして 😊'],
  ['Me', 'Книжный клуб', 'Когда встречаемся?'],
  ['Книжный клуб', 'Me', 'В четверг, как всегда'],
  ['Me', 'Björn', 'The backup ran through, 126 MB'],
  ['Björn', 'Me', 'Tack! I look at it tonight.'],
  ['Me', 'Ana', 'Are you at the station?'],
  ['Ana', 'Me', 'Nearly. The tram takes its time again 🙄'],
  ['Ana', 'Me', 'Shall I bring something?'],
  ['Me', 'Ana', 'Only yourself. And the map, if you still have it: https://example.org/map?from=station'],
  ['Ana', 'Me', 'I have it here somewhere.\nTen minutes!'],
];

export async function makeWorld(folder: string): Promise<World> {
  const network = join(folder, 'network.json');
  const devnet = new Running(['devnet', '--state-dir', join(folder, 'devnet'), '--network-file', network]);
  await devnet.waitFor(({ event }) => event === 'ready');
  const options = (person: Person): string[] => [
    '--data-dir',
    join(folder, String(people.indexOf(person))),
    '--network',
    network,
  ];
  const ids = new Map<Person, string>();
  for (const [i, person] of people.entries()) {
    const input = `${encodeRecoveryPhrase(new Uint8Array(16).fill(0x51 + i))}\n`;
    const arguments_ = ['account', 'restore', '--no-password', '--name', person, ...options(person)];
    const { stdout } = await ok(arguments_, input);
    ids.set(person, /05[0-9a-f]{64}/.exec(stdout)?.[0] ?? '');
  }
  for (const [from, to, text] of talk) {
    await ok(['send', ids.get(to) ?? '', '-', ...options(from)], text);
    await ok(['receive', ...options(to)]);
  }
  const { stdout } = await ok(['messages', ids.get('Me') ?? '', '--json', ...options('Ana')]);
  const liked = jsonLines(stdout).find(({ body }) => String(body).startsWith('Only yourself'));
  await ok(['react', String(liked?.id), '❤️', ...options('Ana')]);
  await ok(['receive', ...options('Me')]);
  await ok(['contact', 'pin', ids.get('Ana') ?? '', ...options('Me')]);
  await ok(['contact', 'mute', ids.get('Книжный клуб') ?? '', ...options('Me')]);
  return {
    options: options('Me'),
    close: async () => {
      await devnet.stop();
    },
  };
}

async function ok(args: readonly string[], input = ''): Promise<{ stdout: string }> {
  const done = await run(args, { input });
  if (done.code !== 0) throw new Error(`${args[0]} ${args[1]} ended with ${done.code}: ${done.stderr}`);
  return done;
}
