import { describe, expect, it } from 'vitest';
import { LinkMeter } from '../../src/ui/terminal/link-meter.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { type ChatSetup, startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { movedClock } from '../support/moved-clock.ts';
import { outsideSession } from '../support/output-grammar.ts';
import { keys, type ScreenSize } from '../support/screen.ts';
import { SlowLink } from '../support/slow-link.ts';

const alice = testId('a');
const bob = testId('b');
const f6 = '\x1b[17~';

async function openChat(size: ScreenSize, more: ChatSetup = {}, line = { bitsPerSecond: 1e9, delayMs: 1 }) {
  const clock = movedClock();
  const session = new FakeSession();
  session.addConversation(bob, 'Bobby');
  session.addConversation(alice, 'Alice');
  session.fill(alice, 300, (i) => `Message ${i} of some length, as people write them`);
  session.setNetwork(onlineNetwork);
  const platform = { clock, randomBytes: (length: number) => new Uint8Array(length), logger: silentLogger };
  const { screen } = startChat({ size, session, platform, openConversation: alice, ...more });
  const link = new SlowLink(screen, clock, line);
  await screen.waitFor('Message 299', 20_000);
  await screen.settle();
  /** presses keys, and lets the pause between two lean screens pass */
  const press = async (...data: readonly string[]) => {
    for (const one of data) {
      await screen.press(one);
      clock.advance(100);
      await screen.settle();
    }
  };
  return { clock, session, screen, link, press };
}

describe('how slow the line is', () => {
  function meterOn() {
    const clock = movedClock();
    let asked = 0;
    const slow: boolean[] = [];
    const meter = new LinkMeter(
      clock,
      () => {
        asked += 1;
      },
      ({ isSlow }) => slow.push(isSlow),
    );
    return {
      clock,
      meter,
      slow,
      asked: () => asked,
      /** somebody types after a while, and the answers take so long: to that question, and to those that follow from it */
      round(...answers: readonly number[]) {
        clock.advance(10_000);
        meter.pressed(1);
        for (const ms of answers) {
          clock.advance(ms);
          meter.answered();
          clock.advance(2000);
        }
      },
    };
  }

  it('is asked once at the start and then only while somebody types, at most every ten seconds', () => {
    const { clock, meter, asked } = meterOn();
    meter.started();
    clock.advance(20);
    meter.answered();
    clock.advance(3_600_000);
    expect(asked()).toBe(1);
    for (let i = 0; i < 100; i++) {
      meter.pressed(1);
      clock.advance(190);
      meter.answered();
    }
    expect(asked()).toBe(3);
  });

  it('one slow answer is not believed: it is asked again two seconds later, a few times at most', () => {
    const { clock, meter, slow, asked } = meterOn();
    meter.started();
    clock.advance(400);
    meter.answered();
    expect(slow).toEqual([false]);
    expect(asked()).toBe(1);
    clock.advance(2000);
    expect(asked()).toBe(2);
    clock.advance(30);
    meter.answered();
    expect(meter.measure).toMatchObject({ isSlow: false, roundTripMs: 30 });
    clock.advance(3_600_000);
    expect(asked()).toBe(2);
  });

  it('is slow after two slow answers, and fast again only after three fast ones', () => {
    const { meter, round } = meterOn();
    round(250, 150);
    expect(meter.measure.isSlow).toBe(false);
    round(250, 250);
    expect(meter.measure.isSlow).toBe(true);
    for (const ms of [90, 90, 150, 90, 90, 199]) round(ms);
    expect(meter.measure.isSlow).toBe(true);
    for (const ms of [90, 80, 70]) round(ms);
    expect(meter.measure.isSlow).toBe(false);
    for (let i = 0; i < 5; i++) round(210, 150);
    expect(meter.measure.isSlow).toBe(false);
  });

  it('is slow where writes wait', () => {
    const { meter } = meterOn();
    meter.wrote(4000, 900);
    expect(meter.measure.isSlow).toBe(false);
    meter.wrote(4000, 700);
    expect(meter.measure).toEqual({ isSlow: true, roundTripMs: null, bytesPerKey: null });
  });

  it('and what a key costs is the median, so that one whole screen among them does not count', () => {
    const { meter } = meterOn();
    meter.wrote(6000, 0);
    for (const bytes of [3, 5, 6000, 4, 3]) {
      meter.pressed(1);
      meter.wrote(bytes, 0);
    }
    meter.pressed(10);
    meter.wrote(40, 0);
    meter.wrote(500, 0);
    expect(meter.measure.bytesPerKey).toBe(4);
  });

  it('of a terminal that never answers is not asked for ever', () => {
    const { clock, meter, asked } = meterOn();
    meter.started();
    for (let i = 0; i < 50; i++) {
      clock.advance(20_000);
      meter.pressed(1);
    }
    expect(asked()).toBe(2);
    expect(meter.measure.isSlow).toBe(false);
  });
});

describe('lean mode', () => {
  it.each([
    [100, 30],
    [80, 24],
  ] as const)('at %i×%i has one column and no frames; F6 turns it on and off', async (...size) => {
    const { screen, press } = await openChat(size);
    const full = screen.text();
    expect(full).toContain('Bobby');
    expect(full).toContain('│');
    await press(f6);
    expect(screen.text()).toContain('Lean');
    await press('x');
    expect(screen.text()).not.toContain('Bobby');
    expect(screen.text()).not.toMatch(/[│─]/);
    expect(screen.rows().at(-1)).toMatch(/lean: \d+ B.key, 2 ms$/);
    expect(screen.text()).toContain('Message 299');
    await press(keys.f3);
    expect(screen.text()).toContain('Network');
    expect(screen.text()).not.toMatch(/[│┌┘]/);
    await press(keys.escape, keys.backspace, f6, keys.escape);
    await press(keys.tab, keys.tab);
    expect(screen.text()).toContain('Bobby');
    expect(outsideSession(screen.written)).toBeNull();
  });

  it('follows the setting, which ends what the key said', async () => {
    const { clock, session, screen, press } = await openChat([100, 30]);
    await session.setSetting('link', 'lean');
    clock.advance(100);
    await screen.settle();
    expect(screen.text()).not.toContain('Bobby');
    await press(f6);
    expect(screen.text()).toContain('Bobby');
    await session.setSetting('link', 'auto');
    clock.advance(100);
    await session.setSetting('link', 'lean');
    clock.advance(100);
    await screen.settle();
    expect(screen.text()).not.toContain('Bobby');
  });

  it('comes by itself on a slow line, says how slow, and does not come on a quick one', async () => {
    for (const [delayMs, isLean] of [
      [150, true],
      [20, false],
    ] as const) {
      const { clock, screen } = await openChat([100, 30], {}, { bitsPerSecond: 115_200, delayMs });
      for (let i = 0; i < 6; i++) {
        clock.advance(3000);
        await screen.press('x');
      }
      clock.advance(3000);
      await screen.settle();
      expect(screen.text().includes('Bobby')).toBe(!isLean);
      if (isLean) expect(screen.rows().at(-1)).toMatch(/lean: \d+ B\/key, 3\d\d ms$/);
    }
  });

  it('stays off where the setting says full, however slow the line is', async () => {
    const session = new FakeSession();
    session.addConversation(alice, 'Alice');
    session.fill(alice, 300, (i) => `Message ${i}`);
    await session.setSetting('link', 'full');
    const { clock, screen } = await openChat([100, 30], { session }, { bitsPerSecond: 9600, delayMs: 300 });
    for (let i = 0; i < 5; i++) clock.advance(3000);
    await screen.press('x');
    expect(screen.text()).toContain('│');
  });
});

it('over 9 600 bit/s with 300 ms each way, nothing that one does takes long', async () => {
  const line = { bitsPerSecond: 9600, delayMs: 300 };
  const { clock, session, screen, link } = await openChat([80, 24], {}, line);
  // The first screen arrives, and the terminal's answers with it.
  for (let i = 0; i < 4; i++) {
    clock.advance(5000);
    await screen.settle();
  }
  expect(screen.rows().at(-1)).toContain('lean');
  const press = (data: string) =>
    link.step(async () => {
      screen.send(data);
      await screen.settle();
      clock.advance(100);
      await screen.settle();
    });
  const wordsOf = (text: string) => [...text];
  for (const letter of wordsOf('A sentence as it is typed')) {
    const { bytes, ms } = await press(letter);
    // Four bytes are the question how slow the line is; the status line follows its answer.
    expect(bytes).toBeLessThanOrEqual(60);
    expect(ms).toBeLessThanOrEqual(700);
  }
  const sent = await press(keys.enter);
  expect(sent.bytes).toBeLessThanOrEqual(500);
  const received = await link.step(async () => {
    session.receive(alice, 'An answer of a few words');
    await screen.settle();
    clock.advance(100);
  });
  expect(received.bytes).toBeLessThanOrEqual(400);
  const paged = await press(keys.pageUp);
  expect(paged.bytes).toBeLessThanOrEqual(1600);
  expect(paged.ms).toBeLessThanOrEqual(2400);
  // Keys that come faster than the line takes screens make few screens.
  const held = await link.step(async () => {
    for (let i = 0; i < 30; i++) {
      screen.send('x');
      await screen.settle(1);
    }
    clock.advance(200);
    await screen.settle();
  });
  expect(held.bytes).toBeLessThanOrEqual(100);
  expect(screen.text()).toContain('x'.repeat(30));
});
