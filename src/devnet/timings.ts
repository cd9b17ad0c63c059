/** How long servers wait, ms: the real server's values unless a test says otherwise. */

export type Timings = Readonly<{
  /** for the next hop's answer, before 504 */
  relayTimeoutMs: number;
  /** for an external server's */
  proxyTimeoutMs: number;
  /** for the other members of the swarm, before `timeout` stands in their place */
  fanOutTimeoutMs: number;
  /** how long a message to a member that is down is kept for it */
  queueMs: number;
  /** between two rounds of dropping expired messages */
  purgeMs: number;
  /** between two bytes of an answer that drips (a fault; the real server has no such time) */
  dripMs: number;
}>;

export const realTimings: Timings = {
  relayTimeoutMs: 30_000,
  proxyTimeoutMs: 25_000,
  fanOutTimeoutMs: 5_000,
  queueMs: 60_000,
  purgeMs: 10_000,
  dripMs: 100,
};
