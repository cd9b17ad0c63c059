/** SOCKS proxy addresses as people write them (contracts.md section 1, `--proxy`). */
import { UsageError } from '../errors.ts';
import type { ProxySettings } from './types.ts';

const help = 'Write it as socks5h://[user:password@]host:port.';

/**
 * The proxy of `socks5h://[user:pass@]host:port`; `socks5://` is taken as `socks5h://`, because names are always
 * resolved by the proxy. Percent-encoding in user and password is undone. UsageError `bad-proxy` for anything else;
 * its message never repeats the address, which may hold a password.
 */
export function parseProxyUrl(text: string): ProxySettings {
  const match = /^socks5h?:\/\/(?:([^@/]*)@)?(\[[0-9a-fA-F:.]+\]|[^:/@[\]\s]+):(\d{1,5})\/?$/i.exec(
    text.trim(),
  );
  const [, login, host, portText] = match ?? [];
  const port = Number(portText);
  if (host === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UsageError('bad-proxy', `The proxy address can't be read. ${help}`);
  }
  const bareHost = host.startsWith('[') ? host.slice(1, -1) : host.toLowerCase();
  if (host.startsWith('[') && !URL.canParse(`http://${host}/`)) {
    throw new UsageError('bad-proxy', `The proxy's IPv6 address can't be read. ${help}`);
  }
  if (login === undefined || login === '') return { host: bareHost, port };
  const colon = login.indexOf(':');
  const username = decode(colon < 0 ? login : login.slice(0, colon));
  const password = colon < 0 ? '' : decode(login.slice(colon + 1));
  if (username === '') throw new UsageError('bad-proxy', `The proxy's user name is empty. ${help}`);
  return { host: bareHost, port, username, password };
}

/** `socks5h://host:port` for people and JSON; never the user name or password. */
export function formatProxy(proxy: ProxySettings): string {
  const host = proxy.host.includes(':') ? `[${proxy.host}]` : proxy.host;
  return `socks5h://${host}:${proxy.port}`;
}

function decode(part: string): string {
  let value: string;
  try {
    value = decodeURIComponent(part);
  } catch {
    throw new UsageError('bad-proxy', `The proxy's user name or password has a broken % escape. ${help}`);
  }
  // RFC 1929: one length byte each
  if (new TextEncoder().encode(value).length > 255) {
    throw new UsageError('bad-proxy', "The proxy's user name and password may have 255 bytes each at most.");
  }
  return value;
}
