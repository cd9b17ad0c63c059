/** From one retrieved item to what it changes: opened here, then a handler for each kind of content. */
import { ProtocolError } from '../../errors.ts';
import type { AccountKeys } from '../../protocol/account.ts';
import { readContent } from '../../protocol/data-message.ts';
import { decryptOneToOne } from '../../protocol/one-to-one.ts';
import { readData } from './data.ts';
import { type Incoming, type Opened, type ReadItem, skip } from './item.ts';
import { readCall, readExtraction, readUnknown } from './notice.ts';
import { readReceipt } from './receipt.ts';
import { readRequestResponse } from './request-response.ts';
import { readTyping } from './typing.ts';
import { readUnsend } from './unsend.ts';

/**
 * Decrypts, verifies and reads one namespace-0 item (messages.md sections 1.4, 3 and 7).
 * Never throws for what the item holds: whatever is wrong with it is a `skip` with its reason.
 */
export function readIncoming(
  item: Readonly<{ data: Uint8Array; hash: string; timestamp: number; expiresAt: number }>,
  keys: AccountKeys,
  receivedAt: number,
): ReadItem {
  try {
    const { sender, sentAt, content } = decryptOneToOne(item.data, keys);
    const incoming = dispatch({ content, sender, sentAt, item, self: keys.accountId, receivedAt });
    return incoming.kind === 'skip' ? incoming : { ...incoming, sentAt };
  } catch (error) {
    return skip(error instanceof ProtocolError ? error.code : 'unreadable');
  }
}

function dispatch(opened: Opened): Incoming {
  const read = readContent(opened.content);
  switch (read.kind) {
    case 'data':
      return readData(opened, read);
    case 'request-response':
      return readRequestResponse(opened, read);
    case 'unsend':
      return readUnsend(opened, read);
    case 'receipt':
      return readReceipt(opened, read);
    case 'typing':
      return readTyping(opened, read);
    case 'extraction':
      return readExtraction(opened, read);
    case 'call':
      return readCall(opened, read);
    case 'unknown':
      return opened.sender === opened.self ? skip('unknown') : readUnknown(opened, opened.sender);
    default:
      return skip(read.kind);
  }
}
