/**
 * libsodium, ready to use. The package behind the name is the "sumo" build (scalar arithmetic, Argon2id).
 * Its wasm starts asynchronously: this is the one place that waits for it, so everything else is synchronous.
 */
import sodium from 'libsodium-wrappers';

await sodium.ready;

export { sodium };
