import { describe, expect, it } from 'vitest';
import { seeded } from '../../test/fixtures/seeded.ts';
import { intensify, type MouthTrack, PARAMETERS, readFrame, smoothTrack, weighTrack } from './params.ts';

type Name = (typeof PARAMETERS)[number];
const PER_COLUMN = PARAMETERS.length;

/** A track of 80 columns a second whose named parameters follow functions of the column; the others rest. */
function trackOf(columns: number, shape: Partial<Record<Name, (column: number) => number>>): MouthTrack {
  const data = Float32Array.from({ length: columns * PER_COLUMN }, (_, at) => {
    return shape[PARAMETERS[at % PER_COLUMN]!]?.(Math.floor(at / PER_COLUMN)) ?? 0;
  });
  return { data, columns };
}

const valuesOf = ({ data, columns }: MouthTrack, name: Name): number[] =>
  Array.from({ length: columns }, (_, column) => data[column * PER_COLUMN + PARAMETERS.indexOf(name)]!);

function frameOf(track: MouthTrack, frame: number): Record<Name, number> {
  const out = new Float32Array(PER_COLUMN + 2).fill(9);
  readFrame(track, frame, out, 1);
  expect([out[0], out.at(-1)]).toEqual([9, 9]);
  return Object.fromEntries(PARAMETERS.map((name, i) => [name, out[1 + i]!])) as Record<Name, number>;
}

const bump = (middle: number, sigma: number) => (column: number) => Math.exp(-0.5 * ((column - middle) / sigma) ** 2);

describe('smoothTrack', () => {
  it('calms trembling', () => {
    const random = seeded(3);
    const rough = trackOf(200, { jaw: () => 0.5 + 0.2 * (random() - 0.5) });
    const restless = (track: MouthTrack) => {
      const jaw = valuesOf(track, 'jaw');
      return jaw.slice(1).reduce((sum, value, i) => sum + Math.abs(value - jaw[i]!), 0);
    };
    expect(restless(smoothTrack(rough))).toBeLessThan(0.4 * restless(rough));
  });

  it('neither delays nor hurries, and hardly lowers a syllable', () => {
    const jaw = valuesOf(smoothTrack(trackOf(41, { jaw: bump(20, 5) })), 'jaw');
    for (let away = 1; away <= 20; away++) expect(jaw[20 - away]).toBeCloseTo(jaw[20 + away]!, 6);
    expect(Math.max(...jaw)).toBe(jaw[20]);
    expect(jaw[20]).toBeGreaterThan(0.95);
  });

  it('leaves a steady mouth alone, to its ends', () => {
    for (const jaw of valuesOf(smoothTrack(trackOf(9, { jaw: () => 0.4 })), 'jaw')) expect(jaw).toBeCloseTo(0.4, 6);
    expect(smoothTrack(trackOf(0, {}))).toEqual({ data: new Float32Array(0), columns: 0 });
  });

  it('leaves a vowel open that is no longer than the closures around it', () => {
    const open = (column: number) => column >= 19 && column <= 21;
    const smooth = smoothTrack(
      trackOf(41, { press: (column) => (open(column) ? 0.2 : 1), jaw: (column) => (open(column) ? 0.5 : 0) }),
    );
    expect(valuesOf(smooth, 'press')[20]).toBeCloseTo(0.2, 6);
    expect(valuesOf(smooth, 'jaw')[20]).toBeCloseTo(0.5, 6);
  });

  it('keeps the lips closed between open vowels', () => {
    const closed = (column: number) => column === 20 || column === 21;
    const smooth = smoothTrack(
      trackOf(41, { press: (column) => Number(closed(column)), jaw: (column) => (closed(column) ? 0 : 0.8) }),
    );
    expect(valuesOf(smooth, 'press').slice(20, 22)).toEqual([1, 1]);
    expect(valuesOf(smooth, 'jaw').slice(20, 22)).toEqual([0, 0]);
    expect(valuesOf(smooth, 'jaw')[10]).toBeCloseTo(0.8, 6);
  });
});

describe('weighTrack', () => {
  it('takes every parameter of a column towards rest', () => {
    const track = trackOf(3, { jaw: () => 0.8, depress: () => -0.4 });
    const weighed = weighTrack(track, Float32Array.of(1, 0.5, 0));
    expect(valuesOf(weighed, 'jaw')).toEqual([0.8, 0.4, 0].map((value) => expect.closeTo(value, 6)));
    expect(valuesOf(weighed, 'depress').map(Math.abs)).toEqual([0.4, 0.2, 0].map((value) => expect.closeTo(value, 6)));
  });
});

describe('readFrame', () => {
  it('reads the middle of the frame, between columns in proportion', () => {
    const track = trackOf(80, { jaw: (column) => column / 100, tongue: (column) => (79 - column) / 100 });
    for (const frame of [0, 1, 7, 23]) {
      const { jaw, tongue } = frameOf(track, frame);
      expect(jaw).toBeCloseTo(((frame + 0.5) * 3.2) / 100, 5);
      expect(tongue).toBeCloseTo((79 - (frame + 0.5) * 3.2) / 100, 5);
    }
  });

  it('holds the last column past the end, and rests without any', () => {
    expect(frameOf(trackOf(4, { jaw: (column) => column / 10 }), 30).jaw).toBeCloseTo(0.3, 6);
    expect(frameOf(trackOf(0, {}), 3)).toEqual(Object.fromEntries(PARAMETERS.map((name) => [name, 0])));
  });

  it('shows a closure of a few columns in one frame wherever it falls', () => {
    for (let peak = 16; peak < 32; peak++) {
      const track = trackOf(60, { press: bump(peak, 1), jaw: (column) => 0.6 * (1 - bump(peak, 1)(column)) });
      const frames = Array.from({ length: 18 }, (_, frame) => frameOf(track, frame));
      expect(Math.max(...frames.map(({ press }) => press))).toBeCloseTo(1, 6);
      expect(Math.min(...frames.map(({ jaw }) => jaw))).toBeCloseTo(0, 6);
      expect(frames.filter(({ press }) => press > 0.5).length).toBeLessThanOrEqual(2);
    }
  });

  it('does not lengthen a closure, and shifts nothing for one that is only half made', () => {
    const long = trackOf(60, { press: (column) => Math.min(1, Math.max(0, 2 - Math.abs(column - 30) / 4)) });
    const read = (track: MouthTrack) => Array.from({ length: 18 }, (_, frame) => frameOf(track, frame).press);
    const middles = Array.from({ length: 18 }, (_, frame) => {
      return Math.min(1, Math.max(0, 2 - Math.abs((frame + 0.5) * 3.2 - 30) / 4));
    });
    // Lips that do not touch (0.6) are shown a little further apart than the track says.
    const shown = middles.map((press) => (press < 0.6 ? 0.6 * (press / 0.6) ** 1.5 : press));
    expect(read(long)).toEqual(shown.map((press) => expect.closeTo(press, 5)));
    const half = trackOf(60, { press: (column) => 0.5 * bump(22, 1)(column) });
    expect(Math.max(...read(half))).toBeLessThan(0.3);
  });
});

describe('intensify', () => {
  const apply = (values: Partial<Record<Name, number>>, intensity: number) => {
    const params = Float32Array.from([9, ...PARAMETERS.map((name) => values[name] ?? 0), 9]);
    intensify(params, 1, intensity);
    expect([params[0], params.at(-1)]).toEqual([9, 9]);
    return Object.fromEntries(PARAMETERS.map((name, i) => [name, params[1 + i]!]));
  };
  const open = { jaw: 0.4, pucker: 0.2, wide: 0.3, raise: 0.1, depress: 0.5, tongue: 0.6 };

  it.each([0.5, 1, 1.5])('scales how far the mouth leaves rest by %f, and not the tongue', (intensity) => {
    const scaled = apply(open, intensity);
    for (const name of ['jaw', 'pucker', 'wide', 'raise', 'depress'] as const) {
      expect(scaled[name]).toBeCloseTo(intensity * open[name], 6);
    }
    expect(scaled.tongue).toBeCloseTo(0.6, 6);
    expect(apply({ depress: -0.2 }, intensity).depress).toBeCloseTo(-0.2 * intensity, 6);
    expect(Object.values(apply({}, intensity)).every((value) => value === 0)).toBe(true);
  });

  it.each([0.5, 1.5])('leaves closed lips closed at %f', (intensity) => {
    expect(apply({ press: 1, jaw: 0.1 }, intensity)).toMatchObject({ press: 1, jaw: expect.closeTo(0.1, 6) });
    const half = apply({ press: 0.5, jaw: 0.1 }, intensity);
    expect(half).toMatchObject({ press: 0.5, jaw: expect.closeTo(0.1 * (1 + (intensity - 1) / 2), 6) });
  });

  it('keeps every parameter in its range', () => {
    const most = Object.fromEntries(PARAMETERS.map((name) => [name, name === 'press' ? 0 : 0.9]));
    expect(apply(most, 1.5)).toMatchObject({ jaw: 1, pucker: 1, wide: 1, raise: 1, depress: 1 });
    expect(apply({ depress: -0.45 }, 1.5).depress).toBe(-0.5);
    expect(apply({ jaw: -0.1, press: 1.2, tongue: -0.3, depress: -0.8 }, 1)).toMatchObject({
      ...{ jaw: 0, press: 1, tongue: 0, depress: -0.5 },
    });
  });
});
