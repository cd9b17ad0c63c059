import { describe, expect, it } from 'vitest';
import type { NetworkView } from '../../../src/core/types.ts';
import { defaultKeymap } from '../../../src/ui/keymap.ts';
import { statusLine } from '../../../src/ui/panes/status-line.ts';
import { cellWidth } from '../../../src/ui/text/cells.ts';
import { theme } from '../../../src/ui/theme/theme.ts';
import { idleNetwork, onlineNetwork } from '../../support/fake-session.ts';

function status(network: NetworkView, queued: number, width: number): string {
  return statusLine({ network, queued }, width, theme, defaultKeymap).replace(/\x1b\[\d+m/g, '');
}

describe('the status line', () => {
  it('shows the path hop by hop from guard to exit, and the proxy', () => {
    const network = { ...onlineNetwork, proxy: 'socks5h://127.0.0.1:9050' };
    expect(status(network, 0, 120).trimEnd()).toBe(
      '● online · 127.0.11.1 → 127.0.12.1 → 127.0.13.1 · proxy socks5h://127.0.0.1:9050'.padEnd(113) +
        'F1 help',
    );
  });

  it('says so when the proxy is that of ALL_PROXY', () => {
    const network = { ...onlineNetwork, proxy: 'socks5h://127.0.0.1:1', proxySource: 'ALL_PROXY' } as const;
    expect(status(network, 0, 120)).toContain('proxy from ALL_PROXY socks5h://127.0.0.1:1');
  });

  it('keeps the whole path on a screen of 40 columns', () => {
    expect(status(onlineNetwork, 0, 40).trimEnd()).toBe('● · 127.0.11.1→127.0.12.1→127.0.13.1');
  });

  it('says what waits and what is wrong', () => {
    const network = {
      ...idleNetwork,
      phase: 'offline',
      detail: 'The proxy refused the connection.',
    } as const;
    expect(status(network, 2, 80)).toContain('○ offline · 2 queued · The proxy refused the connection.');
    expect(status({ ...idleNetwork, phase: 'connecting' }, 0, 80)).toContain('◌ connecting');
    expect(status(idleNetwork, 0, 80)).toContain('not connected');
  });

  it.each([40, 41, 60, 80, 200])('is exactly as wide as the screen at %i columns, or narrower', (width) => {
    const network = {
      ...onlineNetwork,
      detail: 'x'.repeat(300),
      proxy: 'socks5h://a.very.long.host.name.example:9050',
    };
    for (const queued of [0, 12345])
      expect(cellWidth(status(network, queued, width))).toBeLessThanOrEqual(width);
  });

  it('lets no address or detail smuggle in control characters', () => {
    const network: NetworkView = {
      ...onlineNetwork,
      detail: 'bad\x1b]0;x\x07\nnews',
      proxy: 'p\x1b[2J',
      paths: [{ hops: [{ ip: '1.2\r.3.4', port: 1, ed25519: '' }], builtAt: 0, failures: 0 }],
    };
    expect(status(network, 0, 200)).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  });
});
