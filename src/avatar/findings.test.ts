import { describe, expect, it } from 'vitest';
import { findings } from './findings.ts';
import type { AvatarReport } from './report.ts';

type Measured = Parameters<typeof findings>[0];

const range = (value: number) => ({ min: value, mean: value, max: value });

/** A face of a photo that has nothing against it, but for what is given. */
function measured(change: Partial<Measured> = {}): Measured {
  const { angles = { yaw: range(0), pitch: range(0), roll: range(0) } } = change;
  return {
    picture: { width: 800, height: 800 },
    face: { widthPx: 300, modelPx: 256, x: 250, y: 250, width: 250, height: 300, score: 1, count: 1 },
    angles,
    sharpness: 0.9,
    light: { level: 0.5, contrast: 0.4, balance: 0.9, clipped: 0 },
    mouth: { openShare: 0, gap: 0.03, restGap: 0.03, teeth: false, covered: 0, restFrame: 0 },
    beard: false,
    frames: { total: 1, withFace: 1, lost: [], poorest: [], yaw: [0], pitch: [0], roll: [0], sharpness: [0.9] },
    ...change,
  };
}

const of = (change: Partial<Measured>) => findings(measured(change)).map(({ code, level }) => `${code}:${level}`);
const face = (change: Partial<AvatarReport['face']>) => ({ face: { ...measured().face, ...change } });
const light = (change: Partial<AvatarReport['light']>) => ({ light: { ...measured().light, ...change } });
const mouth = (change: Partial<AvatarReport['mouth']>) => ({ mouth: { ...measured().mouth, ...change } });
const turned = (change: Partial<AvatarReport['angles']>) => ({ angles: { ...measured().angles, ...change } });

describe('findings', () => {
  it('says nothing of a good face', () => {
    expect(of({})).toEqual([]);
  });

  it.each<[string, Partial<Measured>]>([
    ['face_small:warn', face({ widthPx: 130 })],
    ['face_small:bad', face({ widthPx: 70 })],
    ['face_small:bad', face({ widthPx: 55, modelPx: 96 })],
    ['face_cut:bad', face({ x: -20 })],
    ['face_cut:bad', face({ x: 580 })],
    ['face_cut:bad', face({ y: 510 })],
    ['face_cut:warn', face({ y: 495 })],
    ['face_cut:bad', face({ y: -80 })],
    ['face_turned:warn', turned({ yaw: range(-30) })],
    ['face_turned:bad', turned({ yaw: range(40) })],
    ['face_nodding:warn', turned({ pitch: range(25) })],
    ['face_tilted:warn', turned({ roll: range(-45) })],
    ['face_unsure:warn', face({ score: 0.85 })],
    ['faces_several:fine', face({ count: 3 })],
    ['blurred:warn', { sharpness: 0.5 }],
    ['blurred:bad', { sharpness: 0.3 }],
    ['dark:warn', light({ level: 0.2 })],
    ['bright:warn', light({ clipped: 0.2 })],
    ['bright:bad', light({ level: 0.95 })],
    ['light_uneven:warn', light({ balance: 0.5 })],
    ['light_uneven:bad', light({ level: 0.25, balance: 0.3 })],
    ['dark:bad', light({ level: 0.08, balance: 0.27 })],
    ['light_flat:bad', light({ contrast: 0.05 })],
    ['mouth_open:warn', mouth({ gap: 0.2, restGap: 0.2 })],
    ['mouth_open:warn', mouth({ gap: 0.6, restGap: 0.02 })],
    ['mouth_open:bad', mouth({ gap: 0.6, restGap: 0.5 })],
    ['teeth:warn', mouth({ gap: 0.2, restGap: 0.2, teeth: true })],
    ['teeth:warn', mouth({ gap: 0.1, restGap: 0.1, teeth: true })],
    ['mouth_covered:warn', mouth({ covered: 0.1 })],
    ['beard:warn', { beard: true }],
    ['loop_seam:warn', { loop: { kind: 'matched', seam: 5, start: 0, end: 60, crossfade: 8, frames: 60 } }],
    [
      'clip_short:warn',
      { loop: { kind: 'pingpong', seam: 2.7, start: 0, end: 10, crossfade: 0, frames: 18, clip: 10 } },
    ],
    ['clip_short:warn', { loop: { kind: 'source', seam: 1, start: 40, end: 46, crossfade: 0, frames: 6, clip: 100 } }],
  ])('%s', (expected, change) => {
    expect(of(change)).toEqual([expected]);
  });

  it('does not call a clip short of which a short stretch is played', () => {
    expect(of({ loop: { kind: 'pingpong', seam: 1, start: 9, end: 40, crossfade: 0, frames: 60, clip: 50 } })).toEqual(
      [],
    );
  });

  it('doubts a drawing', () => {
    expect(findings(measured(), { drawn: true }).map(({ code, level }) => `${code}:${level}`)).toEqual([
      'face_unsure:warn',
    ]);
  });

  it('forgives a glance aside in a clip, not a head that stays turned', () => {
    const clip = (away: number) => {
      const yaw = Array.from({ length: 100 }, (_, i) => (i < away ? -50 : 0));
      const frames = { ...measured().frames, total: 100, withFace: 100, yaw };
      return of({ frames, angles: { ...measured().angles, yaw: { min: -50, mean: -away / 2, max: 0 } } });
    };
    expect(clip(8)).toEqual([]);
    expect(clip(30)).toEqual(['face_turned:bad']);
  });

  it('names the share of lost frames and puts the worst first', () => {
    const frames = { ...measured().frames, total: 100, withFace: 60 };
    const found = findings(measured({ frames, beard: true, ...face({ count: 2 }) }));
    expect(found.map(({ level }) => level)).toEqual(['bad', 'warn', 'fine']);
    expect(found[0]?.message.en).toContain('40% of the frames');
  });
});
