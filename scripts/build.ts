/** Bundles src/cli/main.ts into dist/: ESM chunks, so that headless commands never load Ink. */
import { readdir, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Puts the JSON Schema itself in the place of the module that makes it: its converter is not shipped. */
const inlineJsonSchema: Plugin = {
  name: 'inline-json-schema',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]cli[/\\]output[/\\]json-schema\.ts$/ }, async () => {
      const { jsonSchema } = await import('../src/cli/output/json-schema.ts');
      return { contents: `export const jsonSchema = ${JSON.stringify(jsonSchema)};`, loader: 'js' };
    });
  },
};

/**
 * commander imports modules that only its executable subcommands need, and the ES module form of a builtin costs
 * about a millisecond each at start. It gets what is in memory anyway, and nothing for the rest.
 */
const commanderBuiltins: Readonly<Record<string, string>> = {
  'node:events': "export const { EventEmitter } = process.getBuiltinModule('node:events');",
  'node:path': "export default process.getBuiltinModule('node:path');",
  'node:process': 'export default globalThis.process;',
  'node:util': `export const stripVTControlCharacters = (text) =>
    text.includes('\\x1b') ? process.getBuiltinModule('node:util').stripVTControlCharacters(text) : text;`,
  'node:child_process': 'export default {};',
  'node:fs': 'export default {};',
};

const lightCommander: Plugin = {
  name: 'light-commander',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ importer, path }) =>
      /[/\\]commander[/\\]lib[/\\]/.test(importer) ? { path, namespace: 'light-commander' } : null,
    );
    onLoad({ filter: /.*/, namespace: 'light-commander' }, ({ path }) => ({
      contents: commanderBuiltins[path] ?? `export * from ${JSON.stringify(path)};`,
      loader: 'js',
    }));
  },
};

/** The ES module form of a builtin costs a start up to a millisecond each; this is the same object without it. */
const plainBuiltins: Plugin = {
  name: 'plain-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'plain-builtins' } : null,
    );
    onLoad({ filter: /.*/, namespace: 'plain-builtins' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

/** Of undici the connector needs the client alone; mocks, caches, WebSocket and fetch would all be run at each start. */
const undiciClient: Plugin = {
  name: 'undici-client',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^undici$/ }, () => ({ path: 'client', namespace: 'undici-client' }));
    onLoad({ filter: /.*/, namespace: 'undici-client' }, async () => {
      const { path } = await resolve('undici/lib/dispatcher/client.js', {
        resolveDir: root,
        kind: 'require-call',
      });
      return { contents: `export { default as Client } from ${JSON.stringify(path)};`, resolveDir: root };
    });
  },
};

const root = fileURLToPath(new URL('..', import.meta.url));
const result = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  minify: true,
  keepNames: true,
  legalComments: 'linked',
  // Node's own fetch costs 15 to 25 ms when first named; yoga asks for it to decode its own WebAssembly.
  define: { 'process.env.NODE_ENV': '"production"', fetch: 'undefined' },
  alias: {
    'react-devtools-core': './scripts/empty-module.js',
    // Several copies of this package, with slow regular expressions, would cost about 30 ms at each start.
    'string-width': './src/ui/text/string-width.ts',
  },
  // CommonJS dependencies ask for builtins only: everything else is in the bundle.
  banner: { js: 'const require = (id) => process.getBuiltinModule(id);' },
  plugins: [inlineJsonSchema, lightCommander, plainBuiltins, undiciClient],
  metafile: true,
  logLevel: 'warning',
});
// Old chunks go after the new ones are there: a program that runs meanwhile still finds what it loads late.
const fresh = new Set(Object.keys(result.metafile.outputs).map((path) => basename(path)));
for (const name of await readdir(`${root}dist`)) {
  if (!fresh.has(name)) await rm(`${root}dist/${name}`, { recursive: true, force: true });
}
