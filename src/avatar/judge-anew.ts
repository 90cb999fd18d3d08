import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { cropPoses, poseMatrix, smoothPoses } from './align.ts';
import { writeWhole } from './cache.ts';
import type { MediaDecoder } from './decode.ts';
import { openFootage, type PreparedAvatar } from './footage.ts';
import { judge, withFindings } from './judge.ts';
import { type Prepared, type Viewer, viewerStamp, writePrepared } from './prepared.ts';
import { drawPreview } from './preview.ts';

/** What was found when the source itself was read, which another lips model does not change. */
const KEPT: ReadonlySet<string> = new Set(['face_brief', 'clip_shortened', 'picture_scaled']);

interface AnewOptions extends Viewer {
  decode: MediaDecoder;
  log: Log;
  signal?: AbortSignal;
}

/**
 * A report for another lips model, from what was prepared, which it stores; nothing else is made anew. `undefined` when
 * what was prepared is damaged. Rejects with the signal's reason, or where nothing can be written.
 */
export async function judgeAnew(of: PreparedAvatar, options: AnewOptions): Promise<Prepared | undefined> {
  const { prepared, cacheDir } = of;
  const { framing, modelSize, log, signal } = options;
  const footage = await openFootage(of, options).catch((error) => {
    signal?.throwIfAborted();
    log.warn({ avatar: of.source.id, err: error }, 'what was made of an avatar is damaged and is made anew');
  });
  if (!footage) return undefined;
  const { loop, face, findings } = prepared.report;
  // A picture's own life adds nothing that could be judged.
  const count = loop ? prepared.frames : 1;
  const [frames, faces] = [footage.frames.slice(0, count), footage.faces.slice(0, count)];
  const crops = smoothPoses(cropPoses(faces, framing), prepared.circular).map(
    (pose) => pose && poseMatrix(pose, framing.aspect),
  );
  const judged = judge({ frames, faces, crops, modelSize, people: face.count, loop });
  const notes = findings.filter(({ code }) => KEPT.has(code));
  const report = withFindings(judged, notes);
  await writeWhole(join(cacheDir, prepared.preview), async (target) =>
    writeFile(target, await drawPreview({ frames, faces, report })),
  );
  const anew = { ...prepared, report, viewer: viewerStamp(options) };
  await writePrepared(anew, cacheDir);
  return anew;
}
