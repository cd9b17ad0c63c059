import { describe, expect, it } from 'vitest';
import { safe } from '../../../src/text/sanitize.ts';
import { textBuffer } from '../../../src/ui/input/text-buffer.ts';
import { blankLine, shownLine, wholeLine } from '../../../src/ui/linear/input-line.ts';
import { Paper } from '../../../src/ui/linear/paper.ts';
import { movedClock } from '../../support/moved-clock.ts';

const prompt = safe('> ');
const line = (text: string) => shownLine(prompt, textBuffer(text), 80);

function open(holds: boolean) {
  const clock = movedClock();
  const written: string[] = [];
  const paper = new Paper({ write: (bytes) => written.push(bytes), clock, holds: () => holds });
  return { paper, clock, take: () => written.splice(0).join('') };
}

describe('what is said while a line is typed', () => {
  it('waits for the end of the line, or until nothing is left of it', () => {
    const { paper, take } = open(true);
    paper.say(safe('first'));
    expect(take()).toBe('first\n');
    paper.show(line('hel'));
    const done: string[] = [];
    paper.say(safe('second'), { done: () => done.push('second') });
    paper.say([safe('third'), safe('fourth')]);
    paper.show(line('hello'));
    expect(take()).toBe('> hello');
    expect(done).toEqual([]);
    paper.end(wholeLine(prompt, 'hello'));
    expect(take()).toBe('\nsecond\nthird\nfourth\n');
    expect(done).toEqual(['second']);
    paper.show(line('x'));
    paper.say(safe('fifth'));
    take();
    paper.show(blankLine);
    expect(take()).toBe('\r   \rfifth\n');
  });

  it('is held up no longer than half a minute by a line that is left alone', () => {
    const { paper, clock, take } = open(true);
    paper.show(line('half'));
    paper.say(safe('news'));
    clock.advance(20_000);
    paper.show(line('half a'));
    clock.advance(20_000);
    expect(take()).toBe('> half a');
    clock.advance(11_000);
    expect(take()).toBe('\r        \rnews\n> half a');
  });

  it('goes before the line where that is wanted, and where it is urgent', () => {
    const { paper, take } = open(false);
    paper.show(line('hel'));
    paper.say(safe('news'));
    expect(take()).toBe('> hel\r     \rnews\n> hel');
    const held = open(true);
    held.paper.show(line('hel'));
    held.paper.say(safe('now'), { urgent: true });
    expect(held.take()).toBe('> hel\r     \rnow\n> hel');
  });

  it('is dropped when it is nobody’s business any more', () => {
    const { paper, take } = open(true);
    paper.show(line('hel'));
    paper.say(safe('secret'));
    paper.forget();
    paper.wipe();
    expect(take()).not.toContain('secret');
  });
});

describe('a line that is done', () => {
  it('stays whole, also where only a part of it was in sight', () => {
    const { paper, take } = open(true);
    const text = 'word '.repeat(40);
    paper.show(line(text));
    take();
    paper.end(wholeLine(prompt, text));
    expect(take()).toBe(`\r> ${text}\n`);
  });
});
