/**
 * `npm run soak -- [--messages 2000] [--seed S] [--nodes 10] [--turn 20] [--outage SECONDS] [--limit SECONDS]`: two
 * people write to each other through a devnet that misbehaves; with `--outage`, through one that is down for that
 * long. Prints the figures as JSON; exit code 1 if a message was lost, came twice or out of order.
 */
import { parseArgs } from 'node:util';
import { runOutage, runSoak } from '../test/soak/soak.ts';

const { values } = parseArgs({
  options: {
    messages: { type: 'string' },
    seed: { type: 'string' },
    nodes: { type: 'string', default: '10' },
    turn: { type: 'string', default: '20' },
    outage: { type: 'string' },
    limit: { type: 'string', default: '1800' },
  },
});

function number(text: string, name: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    console.error(`--${name} takes a whole number from ${least} on.`);
    process.exit(2);
  }
  return value;
}

const seed = number(values.seed ?? `${Date.now() % 1_000_000}`, 'seed', 0);
const common = {
  seed,
  nodes: number(values.nodes, 'nodes', 4),
  limitMs: 1000 * number(values.limit, 'limit', 1),
  onProgress: (text: string) => console.error(text),
};
console.error(`seed ${seed}`);
const figures =
  values.outage === undefined
    ? await runSoak({
        ...common,
        messages: number(values.messages ?? '2000', 'messages', 3),
        turnSec: number(values.turn, 'turn', 1),
      })
    : await runOutage({
        ...common,
        messages: number(values.messages ?? '40', 'messages', 3),
        outageMs: 1000 * number(values.outage, 'outage', 1),
      });
console.log(JSON.stringify(figures, null, 2));
process.exit(figures.faults.length === 0 ? 0 : 1);
