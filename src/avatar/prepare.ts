import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BootError, SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import { i420ToRgb } from '../media/colour.ts';
import { FPS, type Frame } from '../types.ts';
import { adviceOf } from './advice.ts';
import { cropPoses, type Framing, poseMatrix, smoothPoses } from './align.ts';
import { writeLandmarks, writeWhole } from './cache.ts';
import { type Decoded, decodeSource, type MediaDecoder } from './decode.ts';
import type { FaceFinder } from './face.ts';
import type { Stage } from './facts.ts';
import { type EncodeLoop, playsAsIs } from './idle.ts';
import { judge, withFindings } from './judge.ts';
import { judgeAnew } from './judge-anew.ts';
import type { AvatarSource } from './manifest.ts';
import type { FaceLandmarks } from './mesh.ts';
import { type Motion, motionOf } from './motion.ts';
import { drawPoster } from './poster.ts';
import { type Prepared, readPrepared, sourceKey, sourceStamp, viewerStamp, writePrepared } from './prepared.ts';
import { drawPreview } from './preview.ts';
import type { AvatarReport, Finding, FindingCode, FindingLevel } from './report.ts';
import { trackFace } from './track.ts';

/** How much of all the work is done when a stage begins. */
const BEGINS = { reading: 0, face: 0.15, loop: 0.6, judging: 0.7, encoding: 0.8, end: 1 } as const;
const NEXT = { reading: 'face', face: 'loop', loop: 'judging', judging: 'encoding', encoding: 'end' } as const;

export interface PrepareOptions {
  /** May still be loading. */
  finder: FaceFinder | Promise<FaceFinder>;
  decode: MediaDecoder;
  /** Must be good enough to be rendered on. */
  encodeLoop: EncodeLoop;
  /** The lips model the report is about: how it wants to see a face, and the side it works at, pixels. */
  framing: Framing;
  modelSize: number;
  /** Where everything that is found out and made is kept; must be writable. */
  cacheDir: string;
  /** Told how much is done, 0 … 1. */
  onProgress?(stage: Stage, progress: number): void;
  log: Log;
  signal?: AbortSignal;
}

/**
 * Everything that is done to an avatar once: its media decoded under limits, one face followed, its loop chosen, judged
 * and written as a file of its own, from which it is opened ever after (`openFootage`); once that is
 * done, another lips model only has it judged anew. Throws `BootError` naming the
 * file and the cure, with the catalogue's error as its cause, or the signal's reason.
 */
export async function prepareAvatar(source: AvatarSource, options: PrepareOptions): Promise<Prepared> {
  const { cacheDir, decode, signal, log } = options;
  const at = (stage: keyof typeof NEXT, share = 0): void =>
    options.onProgress?.(stage, BEGINS[stage] + share * (BEGINS[NEXT[stage]] - BEGINS[stage]));
  at('reading');
  const kept = await readPrepared(source, cacheDir, { log, signal });
  const again = kept && (await judgeAnew({ source, prepared: kept, cacheDir }, options));
  if (again) return again;
  const key = await sourceKey(source, signal);
  const decoded = await decodeSource(source, decode, signal);
  at('face');
  const tracked = await trackFace(decoded.frames, join(cacheDir, `${key}.tracked`), {
    ...{ finder: await options.finder, log, signal, at: pickedPoint(source, decoded) },
    onProgress: (share) => at('face', share),
  });
  if (!tracked.some(Boolean)) throw noFace(source);
  // The networks and the encoder have threads of their own: meanwhile the rest goes on here.
  const people = begun(source.face ? Promise.resolve(1) : peopleIn(decoded, tracked, options));
  at('loop');
  const motion = motionOf(source, decoded, tracked);
  signal?.throwIfAborted();
  const asIs = motion.loop !== undefined && playsAsIs(source, decoded);
  const loop = begun(loopFile(key, asIs, motion, options));
  at('judging');
  const judged = judgedOf(motion);
  const report = reportOn(source, decoded, { ...motion, ...judged }, await people, options);
  const files = await writeFiles(key, judged, motion.faces, report, options);
  at('encoding');
  const { width, height } = judged.frames[0]!;
  const loopName = await loop;
  const prepared: Prepared = {
    ...{ stamp: await sourceStamp(source), key, width, height, ...orderOf(motion) },
    ...{ loop: loopName, still: motion.still, ...files, report, viewer: viewerStamp(options) },
  };
  await writePrepared(prepared, cacheDir);
  await deleteOthers(key, cacheDir);
  return prepared;
}

/** A promise that is awaited later: until then its failure is nobody's. */
function begun<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Writes the loop; answers its name, or that it is the source itself, or nothing for a still picture. */
async function loopFile(
  key: string,
  asIs: boolean,
  { frames }: Motion,
  { cacheDir, encodeLoop, signal }: PrepareOptions,
): Promise<Prepared['loop']> {
  if (frames.length === 1) return undefined;
  if (asIs) return 'source';
  await writeWhole(join(cacheDir, `${key}.mp4`), (target) => encodeLoop(frames, target, signal));
  return `${key}.mp4`;
}

function orderOf({ frames, circular }: Motion): Pick<Prepared, 'frames' | 'circular' | 'same'> {
  const all = [...frames];
  const repeats = new Set(all).size < all.length;
  const same = repeats ? all.map((frame) => all.indexOf(frame)) : undefined;
  return { frames: frames.length, circular, same };
}

async function writeFiles(
  key: string,
  { frames, faces: judgedFaces }: Judged,
  faces: Motion['faces'],
  report: AvatarReport,
  { cacheDir, log }: PrepareOptions,
): Promise<Pick<Prepared, 'faces' | 'poster' | 'preview'>> {
  const files = { faces: `${key}.faces`, poster: `${key}.jpg`, preview: `${key}-preview.jpg` };
  await Promise.all([
    writeWhole(join(cacheDir, files.poster), (target) => drawPoster(frames[report.mouth.restFrame]!, target)),
    writeWhole(join(cacheDir, files.preview), async (target) =>
      writeFile(target, await drawPreview({ frames, faces: judgedFaces, report })),
    ),
    writeLandmarks(join(cacheDir, files.faces), faces, log),
  ]);
  return files;
}

/** What was made of the source as it was before. */
async function deleteOthers(key: string, cacheDir: string): Promise<void> {
  const others = (await readdir(cacheDir)).filter((name) => /^[0-9a-f]{32}\b/.test(name) && !name.startsWith(key));
  await Promise.all(others.map((name) => rm(join(cacheDir, name), { force: true })));
}

function reportOn(
  { loop, kind }: AvatarSource,
  { original, cutOff, frames: decoded }: Decoded,
  motion: Judged & Pick<Motion, 'circular' | 'loop' | 'brief'>,
  people: number,
  { framing, modelSize }: PrepareOptions,
): AvatarReport {
  const { frames, faces, circular } = motion;
  const poses = smoothPoses(cropPoses(faces, framing), circular);
  const crops = poses.map((pose) => pose && poseMatrix(pose, framing.aspect));
  const report = judge({ frames, faces, crops, modelSize, people, loop: motion.loop });
  const notes: Finding[] = [];
  if (motion.brief !== undefined) notes.push(noteOf('face_brief', motion.brief, 'warn'));
  if (kind === 'video' && loop === 'best' && cutOff) {
    notes.push(noteOf('clip_shortened', decoded.length / FPS));
  }
  const longer = Math.max(original.width, original.height);
  if (longer > Math.max(frames[0]!.width, frames[0]!.height) + 1) notes.push(noteOf('picture_scaled', longer));
  return withFindings(report, notes);
}

/** A picture's own life adds nothing that could be judged. */
const judgedOf = ({ frames, faces, loop }: Motion): Judged =>
  loop ? { frames: [...frames], faces } : { frames: [frames.at(0)!], faces: faces.slice(0, 1) };

interface Judged {
  frames: readonly Frame[];
  /** One per frame. */
  faces: Motion['faces'];
}

const noteOf = (code: FindingCode, value: number, level: FindingLevel = 'fine'): Finding => ({
  ...{ code, level, value, message: adviceOf(code, value) },
});

/** Faces in the first frame in which the one that is followed was found. */
async function peopleIn(
  { frames }: Decoded,
  tracked: readonly (FaceLandmarks | undefined)[],
  { finder, signal }: PrepareOptions,
): Promise<number> {
  const { width, height, data } = frames[tracked.findIndex(Boolean)]!;
  const found = await (await finder).find({ width, height, data: i420ToRgb(data, width, height) }, { signal });
  return Math.max(1, found.length);
}

/** The point on the face that is meant, in pixels of the decoded frames. */
function pickedPoint({ face }: AvatarSource, { original, frames }: Decoded): AvatarSource['face'] {
  const scale = frames[0]!.width / original.width;
  return face && { x: face.x * scale, y: face.y * scale };
}

const noFace = ({ path, face }: AvatarSource): BootError =>
  new BootError(
    `No face found in ${path}${face ? ` at ${face.x},${face.y}` : ''}: use a picture or video with one face, upright, ` +
      'well lit and looking towards the camera, at least a sixteenth of the picture high.',
    face ? new SoyleError('face_not_at_point', { x: face.x, y: face.y }) : new SoyleError('face_not_found'),
  );
