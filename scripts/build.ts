/** Bundles src/cli/main.ts into dist/: ESM chunks, so that headless commands never load Ink. */
import { rm } from 'node:fs/promises';
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

const root = fileURLToPath(new URL('..', import.meta.url));
await rm(`${root}dist`, { recursive: true, force: true });
await build({
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
  define: { 'process.env.NODE_ENV': '"production"' },
  alias: { 'react-devtools-core': './scripts/empty-module.js' },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  plugins: [inlineJsonSchema],
  logLevel: 'warning',
});
