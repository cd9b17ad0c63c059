import { describe, expect, it } from 'vitest';
import {
  isNamespace,
  isPublicInbox,
  isPublicOutbox,
  isUnrevocable,
  maxTtlMs,
  namespaces,
  namespaceText,
  retrieveNeedsSignature,
  storeNeedsSignature,
} from '../../src/protocol/namespaces.ts';

const day = 86_400_000;

describe('namespaces', () => {
  it('have the numbers of the network', () => {
    expect(namespaces).toMatchObject({ oneToOne: 0, userProfile: 2, groupMessages: 11, groupRevoked: -11 });
  });

  it('follow the rules of their number', () => {
    const rows = [0, 10, -10, 2, 11, -11, -111, -1, -21, -41, -20].map((n) => [
      n,
      isPublicInbox(n),
      isPublicOutbox(n),
      isUnrevocable(n),
      storeNeedsSignature(n),
      retrieveNeedsSignature(n),
      maxTtlMs(n) / day,
    ]);
    expect(rows).toEqual([
      [0, true, false, false, false, true, 14],
      [10, true, false, false, false, true, 14],
      [-10, true, false, false, false, false, 14],
      [2, false, false, false, true, true, 30],
      [11, false, false, false, true, true, 30],
      [-11, false, false, true, true, true, 30],
      [-111, false, false, true, true, true, 30],
      [-1, false, true, false, true, false, 30],
      [-21, false, true, false, true, false, 30],
      [-41, false, true, false, true, false, 30],
      [-20, true, false, false, false, true, 14],
    ]);
  });

  it('stand in signed bytes with their sign, 0 as nothing', () => {
    expect([0, 2, -11, 'all' as const].map(namespaceText)).toEqual(['', '2', '-11', 'all']);
  });

  it('are 16-bit integers', () => {
    expect([-32768, 32767, 0].every(isNamespace)).toBe(true);
    expect([32768, -32769, 1.5, Number.NaN].some(isNamespace)).toBe(false);
  });
});
