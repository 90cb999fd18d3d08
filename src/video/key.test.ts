import { describe, expect, it } from 'vitest';
import { doublePlane, keyChroma } from './key.ts';

const GREEN = { u: -22, v: -60 };

/** What becomes of one sample whose chroma differs so from grey. */
function keyed(u: number, v: number): { seen: number; u: number; v: number } {
  const [blue, red, seen] = [Uint8Array.of(128 + u), Uint8Array.of(128 + v), new Uint8Array(1)];
  keyChroma(blue, red, GREEN, seen);
  return { seen: seen[0]!, u: blue[0]! - 128, v: red[0]! - 128 };
}

describe('keyChroma', () => {
  it('sees through the screen, in its shadows too, and takes its colour away', () => {
    expect(keyed(GREEN.u, GREEN.v)).toEqual({ seen: 0, u: 0, v: 0 });
    expect(keyed(-15, -41).seen).toBe(0);
  });

  it.each([
    ['skin', -14, 22],
    ['grey', 0, 0],
    ['blue cloth', 30, -20],
    ['dark hair', -3, 4],
  ])('keeps %s as it is', (_, u, v) => {
    expect(keyed(u, v)).toEqual({ seen: 255, u, v });
  });

  it('mixes at the edge of a person', () => {
    const { seen } = keyed(GREEN.u * 0.36, GREEN.v * 0.36);
    expect(seen).toBeGreaterThan(90);
    expect(seen).toBeLessThan(165);
  });

  it('takes the screen’s light off what is seen', () => {
    const spilt = keyed(GREEN.u * 0.12, GREEN.v * 0.12);
    expect(spilt.seen).toBe(255);
    expect(Math.hypot(spilt.u, spilt.v)).toBeLessThan(1.5);
  });
});

describe('doublePlane', () => {
  it('keeps flat parts and passes smoothly between others', () => {
    const out = new Uint8Array(16);
    doublePlane(Uint8Array.of(0, 0, 160, 160), 2, 2, out);
    expect([...out]).toEqual([0, 0, 0, 0, 40, 40, 40, 40, 120, 120, 120, 120, 160, 160, 160, 160]);
    doublePlane(new Uint8Array(4).fill(77), 2, 2, out);
    expect(new Set(out)).toEqual(new Set([77]));
  });
});
