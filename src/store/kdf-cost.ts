/** How much work Argon2id should be on this machine: what took far less than a quarter of a second is raised. */
import { defaultKdf, type KdfParameters } from './vault.ts';

/** what one guess of the password should cost, ms */
const targetMs = 250;
/** More memory than this would hurt on the smallest machine that a profile may be carried to; then passes grow. */
const mostMemoryKib = 262_144;
const mostPasses = 8;

/**
 * Parameters that would have taken about a quarter of a second, if `cost` took `tookMs`; `cost` itself if it took at
 * least half of that. Never less than `cost`. Below the default it is given back as it is: nothing but a test makes
 * such a profile, and means it.
 */
export function raisedKdf(cost: KdfParameters, tookMs: number): KdfParameters {
  const factor = targetMs / Math.max(1, tookMs);
  if (factor < 2 || cost.memoryKib < defaultKdf.memoryKib || cost.passes < defaultKdf.passes) return cost;
  const room = Math.max(1, mostMemoryKib / cost.memoryKib);
  const memoryFactor = 2 ** Math.floor(Math.log2(Math.min(factor, room)));
  const passes = Math.min(mostPasses, Math.floor((cost.passes * factor) / memoryFactor));
  return { memoryKib: cost.memoryKib * memoryFactor, passes: Math.max(cost.passes, passes) };
}
