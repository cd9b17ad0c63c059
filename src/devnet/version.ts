/** Which real server the devnet speaks like: session-storage-server 2.8.0 on the chain it was observed on. */

export const serverVersion = [2, 8, 0] as const;
export const serverVersionText = serverVersion.join('.');
/** The header `Server`, and the user agent towards external servers. */
export const serverName = `Oxen Storage Server/${serverVersionText}`;
export const hardfork = 19;
export const snodeRevision = 5;
/** `hf` in answers. */
export const hardforkPair = [hardfork, snodeRevision] as const;
