import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitizeFileName } from '../../src/text/file-name.ts';

describe('sanitizeFileName', () => {
  it('keeps the last part of a path only', () => {
    expect(sanitizeFileName('../../etc/passwd')).toBe('passwd');
    expect(sanitizeFileName('C:\\Windows\\evil.exe')).toBe('evil.exe');
    expect(sanitizeFileName('a/..')).toBe('file');
  });

  it('has no leading dot or dash, control, direction or Windows-reserved character', () => {
    expect(sanitizeFileName('.bashrc')).toBe('bashrc');
    expect(sanitizeFileName('--rf.txt')).toBe('rf.txt');
    expect(sanitizeFileName('photo\u202egnp.exe\x1b[0m')).toBe('photognp.exe[0m');
    expect(sanitizeFileName('a:b*c?.txt')).toBe('a_b_c_.txt');
    expect(sanitizeFileName('NUL.txt')).toBe('_NUL.txt');
    expect(sanitizeFileName('')).toBe('file');
  });

  it('keeps the extension when it cuts', () => {
    const name = sanitizeFileName(`${'ü'.repeat(400)}.jpeg`);
    expect(name.endsWith('.jpeg')).toBe(true);
    expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(200);
  });

  it('is idempotent and a bare name for any input', () => {
    const unit = fc.constantFrom(
      'a',
      '.',
      '-',
      ' ',
      '/',
      '\\',
      '\0',
      '\u0301',
      '\u202e',
      'con',
      'é',
      '字',
      ':',
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 300 }), (parts) => {
        const name = sanitizeFileName(parts.join(''));
        expect(sanitizeFileName(name)).toBe(name);
        expect(name).not.toMatch(/[/\\\x00-\x1f\x7f\u202e]|^[.-]|[. ]$/);
        expect(name.length).toBeGreaterThan(0);
        expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(201);
      }),
      { numRuns: 1000 },
    );
  });
});
