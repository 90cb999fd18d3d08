import type { Closures } from './closures.ts';
import type { Pictures } from './heads.ts';
import type { Identity } from './identity.ts';
import type { Lag } from './sequences.ts';
import { meanOf } from './signal.ts';
import type { Stillness } from './still.ts';
import type { Sync } from './sync.ts';

/** Everything measured of one model. */
export interface Measured {
  sync: Sync;
  closures: Closures;
  lag: Lag;
  stillness: Stillness;
  identity: Identity;
  /** Milliseconds a frame. */
  speed: number;
  bytes: number;
}

export interface Row {
  measure: string;
  how: string;
  reach: string;
  ours: string;
  study: string;
  /** `undefined` for what the table only tells, or what needs a comparison that was not made. */
  reached: boolean | undefined;
}

const NOTHING = '–';
const fixed = (digits: number) => (value: number | undefined) =>
  value === undefined || Number.isNaN(value) ? NOTHING : value.toFixed(digits);
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

/** The table: what was measured of our model, and of the study's where it is compared with. */
export function rowsOf(
  pictures: Pictures,
  names: { ours: string; study?: string },
  ours: Measured,
  study?: Measured,
): Row[] {
  const both = (of: (measured: Measured) => string) => ({ ours: of(ours), study: study ? of(study) : NOTHING });
  const pair = (values: Record<string, number>, digits: number) => ({
    ours: fixed(digits)(values[names.ours]),
    study: fixed(digits)(names.study === undefined ? undefined : values[names.study]),
  });
  const half = (values: Record<string, number>): boolean | undefined =>
    names.study === undefined ? undefined : values[names.ours]! <= values[names.study]! / 2;
  const sync = (recorded: boolean) => {
    const of = ({ sync: { voices } }: Measured) => {
      const chosen = Object.entries(voices).filter(([name]) => recorded !== name.startsWith('espeak'));
      const mean = (which: 'jaw' | 'press') => meanOf(chosen.map(([, found]) => found[which]));
      return { jaw: mean('jaw'), press: mean('press') };
    };
    const reached = of(ours).jaw >= 0.9 && of(ours).press >= 0.8;
    return { ...both((m) => `${fixed(3)(of(m).jaw)} / ${fixed(3)(of(m).press)}`), reached };
  };
  const closed = ({ closures }: Measured) => closures.closed / closures.bilabials;
  const falsely = ({ closures }: Measured) => closures.falselyClosed / closures.vowels;
  const psnr = pictures.psnr[names.ours]!;
  const sharpness = pictures.sharpness[names.ours]!;
  return [
    {
      measure: 'sync, recorded voices never trained on',
      how: 'mean over flite slt, festival slt and festival ru of the correlation of jaw / press with the truth, from the sound alone',
      reach: '≥ .90 / ≥ .80',
      ...sync(true),
    },
    {
      measure: 'sync, espeak-ng variants never trained on',
      how: 'the same, mean over six variants in ru, kk, en',
      reach: '≥ .90 / ≥ .80',
      ...sync(false),
    },
    {
      measure: 'closures',
      how: `share of ${ours.closures.bilabials} p, b, m in rendered frames with an inner-lip gap below 8 % of the mouth’s width (in the true frames themselves: ${percent(ours.lag.truthClosed)})`,
      reach: '≥ 92 %',
      ...both((m) => percent(closed(m))),
      reached: closed(ours) >= 0.92,
    },
    {
      measure: 'false closures',
      how: `share of ${ours.closures.vowels} open vowels whose middle frame has closed lips`,
      reach: '≤ 3 %',
      ...both((m) => percent(falsely(m))),
      reached: falsely(ours) <= 0.03,
    },
    {
      measure: 'lag',
      how: 'peak of the correlation of the mouth’s opening in rendered and in true frames: mean, worst sequence; frames, positive is late',
      reach: '−1 … 1',
      ...both((m) => `${fixed(2)(m.lag.mean)}, ${fixed(2)(m.lag.worst)}`),
      reached: Math.abs(ours.lag.worst) <= 1,
    },
    {
      measure: 'picture, PSNR',
      how: `128-pixel mouth window, ${pictures.heads} held-out heads, ${pictures.pictures} pictures; the reference copied: ${fixed(2)(pictures.psnr.copy)} dB`,
      reach: '≥ 34.5 dB',
      ...pair(pictures.psnr, 2),
      reached: psnr >= 34.5,
    },
    {
      measure: 'picture, SSIM',
      how: `the same; the reference copied: ${fixed(4)(pictures.ssim.copy)}`,
      reach: NOTHING,
      ...pair(pictures.ssim, 4),
      reached: undefined,
    },
    {
      measure: 'sharpness',
      how: `Laplacian energy of lips and skin over the reference’s (the truth: ${fixed(2)(pictures.sharpness.truth)})`,
      reach: '0.85–1.15',
      ...pair(pictures.sharpness, 2),
      reached: sharpness >= 0.85 && sharpness <= 1.15,
    },
    {
      measure: 'colour, inside of the mouth',
      how: 'mean CIELAB ΔE (1976) from the truth',
      reach: 'half of the study’s',
      ...pair(pictures.inside, 2),
      reached: half(pictures.inside),
    },
    {
      measure: 'colour, teeth',
      how: 'the same on the teeth alone',
      reach: 'half of the study’s',
      ...pair(pictures.teeth, 2),
      reached: half(pictures.teeth),
    },
    {
      measure: 'stillness in silence',
      how: 'largest change of any pixel in 2 s of silence, silence gate off, 8-bit levels (the two networks alone, nothing muted: in brackets)',
      reach: '0',
      ...both((m) => `${m.stillness.silence} (${m.stillness.netsAlone})`),
      reached: ours.stillness.silence === 0 && ours.stillness.netsAlone === 0,
    },
    {
      measure: 'flicker',
      how: 'mean second difference in held vowels, 8-bit levels',
      reach: '≤ half of the study’s',
      ...both((m) => fixed(3)(m.stillness.flicker)),
      reached: study && ours.stillness.flicker <= study.stillness.flicker / 2,
    },
    {
      measure: 'identity',
      how: 'pixels changed outside the mask, before encoding; share of the crop the mask covers',
      reach: '0; ≤ 35 %',
      ...both((m) => `${m.identity.outside}; ${percent(m.identity.mask)}`),
      reached: ours.identity.outside === 0 && ours.identity.mask <= 0.35,
    },
    {
      measure: 'speed',
      how: 'ms a frame, 256×256, onnxruntime-node, 2 threads, batch 8, through the server’s code',
      reach: '≤ 3.5',
      ...both((m) => fixed(2)(m.speed)),
      reached: ours.speed <= 3.5,
    },
    {
      measure: 'size',
      how: 'both networks, MB',
      reach: '≤ 10',
      ...both((m) => fixed(2)(m.bytes / 1e6)),
      reached: ours.bytes <= 10e6,
    },
  ];
}

const verdict = ({ reached }: Row): string => (reached === undefined ? NOTHING : reached ? 'ok' : 'missed');

/** For the terminal. */
export function asText(rows: readonly Row[]): string {
  return rows
    .map((row) =>
      [row.measure.padEnd(44), row.reach.padEnd(22), row.ours.padEnd(18), row.study.padEnd(18), verdict(row)].join(''),
    )
    .join('\n');
}

/** For docs/lips.md. */
export function asMarkdown(rows: readonly Row[]): string {
  const lines = rows.map(
    (row) => `| ${row.measure} | ${row.how} | ${row.reach} | ${row.ours} | ${row.study} | ${verdict(row)} |`,
  );
  return ['| measure | how | reach | measured | study | |', '|---|---|---|---|---|---|', ...lines].join('\n');
}

/** A page with the text between two marker lines replaced. Throws an Error when they are not there. */
export function between(page: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name}: made by npm run eval:lips -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page lacks the lines ${start} and ${end}`);
  return `${page.slice(0, from + start.length)}\n${text}\n${page.slice(to)}`;
}
