import { describe, expect, it } from 'vitest';
import { QUALITIES } from './report.ts';
import { drawText, textWidth } from './strokes.ts';

const draw = (text: string) => drawText(text, { x: 1, y: 2, height: 12, colour: '#fff' });

describe('drawText', () => {
  it.each([...QUALITIES.map((quality) => quality.toUpperCase()), '0123456789'])('has all letters of %s', (text) => {
    expect(draw(text).match(/<path /g)).toHaveLength(text.length);
  });

  it('places and scales the text', () => {
    expect(draw('1')).toContain('translate(1 2) scale(2)');
    expect(textWidth('10', 12)).toBe(20);
  });

  it('refuses a letter nobody drew', () => {
    expect(() => draw('ß')).toThrow(RangeError);
  });
});
