import { NotFoundError, UsageError } from '../../errors.ts';
import { parseAccountId } from '../../protocol/ids.ts';
import { buildReaction } from '../../protocol/kinds.ts';
import type { StoredMessage } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { queueControl } from '../control-messages.ts';
import { ownProfile } from '../own-profile.ts';
import { approveBySending, gapBeforeMessage } from '../people/approval.ts';
import { toMessage } from '../views.ts';
import { isEmoji, withReaction } from './reactions.ts';
import { timesToLive } from './timers.ts';

/** So many reactions of one's own (messages.md section 10) … */
const maxReactions = 20;
/** … within this time. */
const perMs = 60_000;

/** When one reacted last; the others' clients would drop more. */
export class ReactionRate {
  readonly #times: number[] = [];

  /** UsageError `too-many-reactions`. */
  take(now: number): void {
    while (this.#times[0] !== undefined && this.#times[0] <= now - perMs) this.#times.shift();
    if (this.#times.length >= maxReactions)
      throw new UsageError(
        'too-many-reactions',
        `At most ${maxReactions} reactions a minute can be sent. Wait a moment, then try again.`,
      );
    this.#times.push(now);
  }
}

/**
 * Puts an emoji on a message or takes it off, here at once, and has it sent; whoever calls wakes the outbox. Nothing
 * happens where it is that way already. Errors as `Session.react`.
 */
export async function react(
  context: Context,
  rate: ReactionRate,
  id: string,
  emoji: string,
  on: boolean,
): Promise<void> {
  const { store, keys, network, platform, sentTimes } = context;
  if (!isEmoji(emoji)) throw new UsageError('bad-emoji', 'A reaction is one emoji. Nothing was sent.');
  const known = await store.message(id);
  if (known === undefined)
    throw new NotFoundError('no-message', 'There is no such message. Nothing was sent.');
  const recipient = parseAccountId(known.conversation);
  if (known.notice !== undefined || recipient === null)
    throw new UsageError('not-reactable', 'Only messages can be reacted to. Nothing was sent.');
  if (isOn(known, emoji, keys.accountId) === on) return;
  rate.take(platform.clock.monotonic());
  const changed = await store.transact((tx) => {
    const message = tx.message(id);
    if (message === undefined || message.notice !== undefined) return null;
    const sentAt = sentTimes.next(tx, network.now(), gapBeforeMessage(tx, recipient));
    if (recipient !== keys.accountId) approveBySending(tx, context, recipient, sentAt);
    const reaction = {
      emoji,
      from: keys.accountId,
      at: sentAt,
      ...(on ? {} : { removed: true as const }),
    };
    const reactions = withReaction(message.reactions ?? [], reaction);
    if (reactions === null) return null;
    const next: StoredMessage = { ...message, reactions };
    tx.putMessage(next);
    const toSelf = recipient === keys.accountId;
    const fields = {
      sentAt,
      emoji,
      remove: !on,
      target: { author: message.from, sentAt: message.sentAt },
      expiry: message.expiry ?? null,
    };
    const copy = buildReaction({ ...fields, syncTarget: recipient });
    queueControl(tx, context, {
      recipient,
      sentAt,
      content: toSelf ? copy : buildReaction({ ...fields, ...ownProfile(tx) }),
      ...(toSelf ? {} : { syncContent: copy }),
      ...timesToLive(message.expiry ?? null),
    });
    return next;
  });
  if (changed === null) return;
  context.changed();
  const message = toMessage(changed, store);
  context.events.emit({ event: 'message-changed', message });
  context.events.emit({ event: 'reaction', message, from: keys.accountId, emoji, removed: !on });
}

function isOn({ reactions }: StoredMessage, emoji: string, from: string): boolean {
  return reactions?.some((one) => one.emoji === emoji && one.from === from && !one.removed) ?? false;
}
