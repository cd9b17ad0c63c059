/** What is made of a failed request beyond the accounts of paths: words for a person, a log line, closed sockets. */
import type { NetworkError } from '../errors.ts';
import type { Logger } from '../util/logger.ts';
import type { HttpClient } from './http.ts';
import type { NodeBook } from './node-book.ts';
import { guardEndpoint } from './onion-client.ts';
import type { OnionPath, Paths } from './paths.ts';
import type { StatusBoard } from './status-board.ts';
import { troubleWords } from './trouble-words.ts';

export type TroublesOptions = Readonly<{
  paths: Paths;
  book: NodeBook;
  board: StatusBoard;
  http: HttpClient;
  logger: Logger;
}>;

export class Troubles {
  readonly #options: TroublesOptions;
  /** guards as they were before the last failure, so that one that is given up can still be named */
  #guardOrder: readonly string[] = [];

  constructor(options: TroublesOptions) {
    this.#options = options;
  }

  /** `path` is null when no path was at fault. */
  failed(error: NetworkError, path: OnionPath | null): void {
    const { paths, book, board, http, logger } = this.#options;
    logger.debug('a request failed', {
      code: error.code,
      status: typeof error.fields.status === 'number' ? error.fields.status : undefined,
    });
    if (error.code !== 'path' && error.code !== 'timeout') return;
    const guards = paths.guardStates();
    const keys = guards.map(({ node }) => node.ed25519);
    const key = path?.hops[0].ed25519 ?? '';
    board.trouble(
      troubleWords(error, {
        guard: (keys.includes(key) ? keys : this.#guardOrder).indexOf(key),
        isDirect: path === null,
        isKept: keys.includes(key),
        others: guards.filter(({ node, troubled }) => node.ed25519 !== key && !troubled).length,
      }),
    );
    this.#guardOrder = keys;
    if (path !== null && !book.isUsable(path.hops[0].ed25519)) http.forget(guardEndpoint(path.hops[0]));
  }
}
