/**
 * The network side against a devnet in a process of its own: processor time of a request, messages a second, delivery
 * under faults, start to the first poll, and what idling costs. docs/performance.md says how to read the figures.
 */
import { learn } from './network/clients.ts';
import { startBenchDevnet } from './network/devnet.ts';
import { benchFaults } from './network/faults.ts';
import { benchIdle, benchStart } from './network/idle.ts';
import { benchOnionCpu } from './network/onion-cpu.ts';
import { benchThroughput } from './network/throughput.ts';
import type { Benchmark } from './types.ts';

const network: Benchmark = async (report) => {
  const devnet = await startBenchDevnet();
  try {
    const learnt = await learn(devnet.definition);
    await benchOnionCpu(devnet, learnt, report);
    await benchThroughput(devnet, learnt, report);
    await benchStart(devnet, learnt, report);
    await benchFaults(devnet, learnt, report);
    await benchIdle(devnet, report);
  } finally {
    await devnet.close();
  }
};

export default network;
