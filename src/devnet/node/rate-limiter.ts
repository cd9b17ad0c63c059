/** The token bucket of direct requests, one an address (network.md 7): 600 at once, then 300 a second. */

const burst = 600;
const perMs = 300 / 1000;
const maxAddresses = 10_000;

type Bucket = { tokens: number; at: number };

export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();

  /** True if a request from `address` at `now` (ms, only forward) is one too many. */
  refuses(address: string, now: number): boolean {
    const bucket = this.#buckets.get(address);
    if (bucket === undefined) {
      if (this.#buckets.size >= maxAddresses) this.#forgetFull(now);
      if (this.#buckets.size >= maxAddresses) return true;
      this.#buckets.set(address, { tokens: burst - 1, at: now });
      return false;
    }
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * perMs);
    bucket.at = now;
    if (bucket.tokens < 1) return true;
    bucket.tokens -= 1;
    return false;
  }

  #forgetFull(now: number): void {
    for (const [address, bucket] of this.#buckets) {
      if (bucket.tokens + (now - bucket.at) * perMs >= burst) this.#buckets.delete(address);
    }
  }
}
