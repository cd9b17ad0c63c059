/**
 * What stands where in the conversation list: pinned ones, message requests, all others. While one has the list focused,
 * or goes through the unread ones, the order is held: what changes meanwhile is counted, and waits. Pure.
 */
import type { Conversation } from '../../core/types.ts';

export type Section = 'pinned' | 'requests' | 'others';

/** Conversations in the order of the list, each with the section it stands in. */
export type ListOrder = readonly Readonly<{ id: string; section: Section }>[];

/** What the cursor stands on in place of a conversation: the row above the message requests. */
export const requestsRow = 'requests';

/** So many requests stand open by themselves; more of them would push everybody else off the screen. */
const openRequests = 3;

export type ListContent = Readonly<{
  conversations: readonly Conversation[];
  /** the order that is held; null: that of now */
  order: ListOrder | null;
  /** whether the requests are shown below their row; null: as long as they are few */
  requestsShown: boolean | null;
}>;

export type ListEntry =
  | Readonly<{ kind: 'conversation'; conversation: Conversation }>
  | Readonly<{ kind: 'requests'; count: number; unread: number; isShown: boolean }>
  | Readonly<{ kind: 'others' }>;

const sections: readonly Section[] = ['pinned', 'requests', 'others'];

function sectionOf({ request, pinned }: Conversation): Section {
  return request ? 'requests' : pinned ? 'pinned' : 'others';
}

/** The order of now. */
export function orderOf(conversations: readonly Conversation[]): ListOrder {
  return sections.flatMap((section) =>
    conversations.filter((one) => sectionOf(one) === section).map(({ id }) => ({ id, section })),
  );
}

/** The rows of the list. New conversations stand below all others while the order is held. */
export function listEntries({ conversations, order, requestsShown }: ListContent): readonly ListEntry[] {
  const byId = new Map(conversations.map((one) => [one.id, one]));
  const requests = conversations.filter(({ request }) => request);
  const isShown = requestsShown ?? requests.length <= openRequests;
  const entries: ListEntry[] = [];
  let section: Section | null = null;
  for (const place of order === null ? orderOf(conversations) : arranged(conversations, order)) {
    const conversation = byId.get(place.id);
    if (conversation === undefined) continue;
    if (place.section === 'requests' && section !== 'requests') {
      const unread = requests.reduce((sum, one) => sum + one.unread, 0);
      entries.push({ kind: 'requests', count: requests.length, unread, isShown });
    } else if (place.section === 'others' && section === 'requests') entries.push({ kind: 'others' });
    section = place.section;
    if (section !== 'requests' || isShown) entries.push({ kind: 'conversation', conversation });
  }
  return entries;
}

function arranged(conversations: readonly Conversation[], order: ListOrder): ListOrder {
  const known = new Set(order.map(({ id }) => id));
  const hasRequests = order.some(({ section }) => section === 'requests');
  const fresh = orderOf(conversations.filter(({ id }) => !known.has(id)))
    // One more request would move what stands below the others: it is counted, and shown later.
    .filter(({ section }) => section !== 'requests' || !hasRequests)
    .map(({ id, section }) => ({ id, section: section === 'pinned' ? ('others' as const) : section }));
  const others = fresh.filter(({ section }) => section === 'others');
  return [...order, ...others, ...fresh.filter(({ section }) => section === 'requests')];
}

/** How many conversations would stand elsewhere if the order were not held. */
export function heldChanges({ conversations, order }: ListContent): number {
  if (order === null) return 0;
  const now = orderOf(conversations);
  const shown = arranged(conversations, order);
  const places = new Map(shown.map(({ id }, index) => [id, index]));
  const kept: number[] = [];
  for (const { id } of now) {
    const place = places.get(id);
    if (place !== undefined) kept.push(place);
  }
  return now.length - longestRise(kept);
}

/** Length of the longest rising subsequence: those that need not move. */
function longestRise(numbers: readonly number[]): number {
  const tails: number[] = [];
  for (const number of numbers) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tails[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    tails[low] = number;
  }
  return tails.length;
}

/** What the cursor can stand on, from top to bottom: IDs of conversations, and `requestsRow`. */
export function cursorPlaces(content: ListContent): readonly string[] {
  return listEntries(content).flatMap((entry) => cursorPlace(entry) ?? []);
}

/** What the cursor stands on in a row; null for a row without. */
export function cursorPlace(entry: ListEntry): string | null {
  if (entry.kind === 'requests') return requestsRow;
  return entry.kind === 'conversation' ? entry.conversation.id : null;
}
