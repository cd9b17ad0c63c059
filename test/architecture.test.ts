/**
 * Reads every import in src/ and holds it against the layer table of CONTRIBUTING.md. A failure prints the
 * offending edges, one a line.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../src', import.meta.url));

type Edge = Readonly<{
  from: string;
  /** path under src/ for our own modules, else the package or builtin as written */
  to: string;
  own: boolean;
  kind: 'static' | 'type' | 'dynamic';
}>;

/** `import … from`, `export … from`, `import '…'`, `import('…')` and `require('…')`, comments left out. */
function edgesOf(file: string): Edge[] {
  const code = readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '');
  const edges: Edge[] = [];
  const add = (specifier: string, kind: Edge['kind']): void => {
    const own = specifier.startsWith('.');
    edges.push({
      from: file,
      to: own ? relative(src, join(src, dirname(file), specifier)) : specifier,
      own,
      kind,
    });
  };
  for (const match of code.matchAll(/^\s*(?:import|export)\s(type\s)?[^;'"()]*?from\s*['"]([^'"]+)['"]/gm))
    add(match[2] ?? '', match[1] === undefined ? 'static' : 'type');
  for (const match of code.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)) add(match[1] ?? '', 'static');
  for (const match of code.matchAll(
    /(typeof\s+)?\b(?:import|require|getBuiltinModule)\(\s*['"]([^'"]+)['"]/g,
  ))
    add(match[2] ?? '', match[1] === undefined ? 'dynamic' : 'type');
  return edges;
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|tsx|js)$/.test(file) && !file.endsWith('.d.ts'))
  .map((file) => file.replaceAll('\\', '/'));
const edges = files.flatMap(edgesOf);

const layerOf = (file: string): string =>
  file.includes('/') ? (file.split('/')[0] ?? '') : file.replace('.ts', '');
const show = ({ from, to, kind }: Edge): string => `${from} -> ${to} (${kind})`;

/** What a layer may import beyond itself and the free ones. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  util: [],
  text: [],
  crypto: [],
  protocol: ['crypto'],
  net: ['protocol', 'crypto'],
  store: ['protocol', 'crypto'],
  core: ['net', 'store', 'protocol', 'crypto'],
  ui: ['core', 'protocol'],
  cli: ['core', 'protocol', 'ui', 'devnet'],
  devnet: ['protocol', 'crypto'],
};
const free = ['errors', 'util', 'text'];

describe('the layers of src/', () => {
  it('has files and edges to look at', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(edges.length).toBeGreaterThan(100);
  });

  it('imports only what its row of the table allows', () => {
    const wrong = edges.filter(({ from, to, own }) => {
      if (!own || to.startsWith('..')) return false;
      const layer = layerOf(from);
      const target = layerOf(to);
      return layer !== target && !free.includes(target) && !(mayImport[layer] ?? []).includes(target);
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('front ends use core through its index, of protocol only the IDs, and other layers through their index', () => {
    const wrong = edges.filter(({ from, to, own, kind }) => {
      const layer = layerOf(from);
      const target = layerOf(to);
      if (!own || !['ui', 'cli'].includes(layer) || layer === target) return false;
      // The interfaces alone weigh nothing, and the index exports them too.
      if (to === 'core/types.ts' && kind === 'type') return false;
      if (target === 'protocol') return to !== 'protocol/ids.ts';
      return ['core', 'ui', 'devnet'].includes(target) && to !== `${target}/index.ts`;
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('the command line loads core, ui and devnet lazily, so that --help loads none of them', () => {
    const wrong = edges.filter(
      ({ from, to, own, kind }) =>
        own && layerOf(from) === 'cli' && ['core', 'ui', 'devnet'].includes(layerOf(to)) && kind === 'static',
    );
    expect(wrong.map(show)).toEqual([]);
  });

  it('the free layers stay leaves', () => {
    const wrong = edges.filter(
      ({ from, to, own }) => own && free.includes(layerOf(from)) && !free.includes(layerOf(to)),
    );
    expect(wrong.map(show)).toEqual([]);
  });
});

describe('who may name what', () => {
  const sockets = ['net', 'tls', 'dns', 'dns/promises', 'http', 'https', 'http2', 'dgram'].flatMap((name) => [
    `node:${name}`,
    name,
  ]);
  const rules: readonly Readonly<{ names: readonly string[]; allowed: (file: string) => boolean }>[] = [
    {
      names: [...sockets, 'undici', 'socks'],
      allowed: (file) =>
        ['net/connector.ts', 'core/holder/socket.ts'].includes(file) || file.startsWith('devnet/'),
    },
    {
      names: ['fs', 'node:fs', 'fs/promises', 'node:fs/promises'],
      allowed: (file) =>
        ['store/files.ts', 'core/attachments.ts', 'core/holder/place.ts'].includes(file) ||
        /^(cli|devnet)\//.test(file),
    },
    { names: ['ink', 'react', 'react/jsx-runtime'], allowed: (file) => file.startsWith('ui/') },
    { names: ['commander'], allowed: (file) => file.startsWith('cli/') },
    { names: ['libsodium-wrappers', '@noble/hashes'], allowed: (file) => file.startsWith('crypto/') },
    {
      names: ['child_process', 'node:child_process', 'node:worker_threads'],
      allowed: (file) =>
        ['core-dumps', 'text-editor', 'command-runner', 'notification-command', 'link-opener'].some(
          (name) => file === `cli/${name}.ts`,
        ),
    },
  ];

  it.each(rules)('$names', ({ names, allowed }) => {
    const wrong = edges.filter(
      ({ from, to, own, kind }) =>
        !own &&
        kind !== 'type' &&
        names.some((name) => to === name || to.startsWith(`${name}/`)) &&
        !allowed(from),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  it('nobody uses the global fetch, WebSocket or EventSource: they open sockets of their own', () => {
    const wrong = files.filter((file) => {
      if (file.startsWith('devnet/')) return false;
      const code = readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      return /(?:\b(?:await|return|void)\s|[=(,>?:])\s*(?:globalThis\.)?fetch\(|new (?:WebSocket|EventSource)\b/.test(
        code,
      );
    });
    expect(wrong).toEqual([]);
  });
});
