/** The notices of a conversation in words; who it is about stands before them. */
type Expiry = Readonly<{ mode: 'after-send' | 'after-read'; seconds: number }>;

/** As core's `Notice`. */
type Notice = Readonly<
  | { kind: 'deleted' | 'media-saved' | 'screenshot' | 'missed-call' | 'accepted' | 'unknown' }
  | { kind: 'timer'; expiry: Expiry | null }
>;

const units: readonly (readonly [string, number])[] = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `12 hours`, `1 day`, `90 seconds`: in the largest unit that leaves no rest. */
export function durationWords(seconds: number): string {
  const [name, size] = units.find(([, length]) => seconds >= length && seconds % length === 0) ?? [
    'second',
    1,
  ];
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** `12 hours after they are read`, `1 day after they are sent`. */
export function expiryWords({ mode, seconds }: Expiry): string {
  return `${durationWords(seconds)} after they are ${mode === 'after-read' ? 'read' : 'sent'}`;
}

/** `deleted this message`, `saved a file from this conversation`: what the author of the notice (`isOwn`: oneself) did. */
export function noticeWords(notice: Notice, isOwn: boolean): string {
  switch (notice.kind) {
    case 'deleted':
      return 'deleted this message';
    case 'timer':
      return notice.expiry === null
        ? `set ${isOwn ? 'your' : 'their'} messages to stay`
        : `set ${isOwn ? 'your' : 'their'} messages to disappear ${expiryWords(notice.expiry)}`;
    case 'media-saved':
      return 'saved a file from this conversation';
    case 'screenshot':
      return 'took a screenshot';
    case 'missed-call':
      return 'called: missed call, calls are not supported here';
    case 'accepted':
      return 'accepted your message request';
    case 'unknown':
      return 'sent something that this version can’t show';
  }
}
