import type { Avatar } from './avatar/avatar.ts';
import { SoyleError } from './errors.ts';
import type { Frame, Look, Screen, VideoFormat } from './types.ts';
import { type Cut, chooseCut, scaledSize } from './video/cut.ts';
import type { EncodeJob } from './video/encode.ts';
import { doublePlane, keyChroma } from './video/key.ts';
import { blendOver, chromaOf, cutFrame, plainFrame } from './video/picture.ts';

/** How a stream shows its avatar. */
export interface Shot {
  /** The part of the avatar's picture that is shown. */
  cut: Cut;
  /** Of the video, even, pixels. */
  width: number;
  height: number;
  format: VideoFormat;
  /** What is behind the person; a picture is as large as the cut. */
  background: 'keep' | 'transparent' | Frame;
}

/** Pictures that may be in the encoder's hands at once, and the one being made. */
const PICTURES = 3;

/**
 * What a look means for an avatar. Rejects with `matte_missing` where something is wanted behind a person who cannot be
 * told from the background, `format_opaque` and `format_transparent` where format and background exclude each other,
 * and as `backdrop` does.
 */
export async function planShot(
  avatar: Pick<Avatar, 'id' | 'width' | 'height' | 'face' | 'screen'>,
  { background, format, crop = 'full', resolution }: Look,
  backdrop: (id: string, size: Cut) => Promise<Frame>,
): Promise<Shot> {
  const wanted = background ?? (format === 'stacked-mp4' ? 'transparent' : 'keep');
  checkShot(avatar, wanted, format);
  const cut = chooseCut(crop, avatar, avatar.face);
  return {
    cut,
    ...scaledSize(cut, resolution),
    format: formatOf({ format, background }),
    background: await behind(wanted, cut, backdrop),
  };
}

/** The kind of file that a look comes as. */
export const formatOf = ({ format, background }: Look): VideoFormat =>
  format ?? (background === 'transparent' ? 'webm' : 'mp4');

/** Whether an avatar can be shown so. Throws as `planShot` rejects. */
export function checkShot(
  { id, screen }: Pick<Avatar, 'id' | 'screen'>,
  background: NonNullable<Look['background']>,
  format: VideoFormat | undefined,
): void {
  if (background !== 'keep' && !screen) throw new SoyleError('matte_missing', { avatar: id });
  if (background === 'transparent' && format === 'mp4') throw new SoyleError('format_opaque');
  if (background !== 'transparent' && format === 'stacked-mp4') throw new SoyleError('format_transparent');
}

async function behind(
  background: NonNullable<Look['background']>,
  cut: Cut,
  backdrop: (id: string, size: Cut) => Promise<Frame>,
): Promise<Shot['background']> {
  if (typeof background === 'string') return background;
  return 'picture' in background ? backdrop(background.picture, cut) : plainFrame(background.colour, cut);
}

/** What the encoder has to know of a shot; its frames come from `showFrames`. */
export const encodingOf = ({ cut, width, height, format, background }: Shot): Encoding => ({
  width: cut.width,
  height: cut.height,
  scaled: width === cut.width && height === cut.height ? undefined : { width, height },
  format,
  alpha: background === 'transparent',
});
type Encoding = Required<Pick<EncodeJob, 'width' | 'height' | 'format' | 'alpha'>> & Pick<EncodeJob, 'scaled'>;

/**
 * The pictures of an avatar's frames as a shot shows them: cut, before their background, or followed by their matte.
 * Where nothing is asked they are handed through; new ones are used again, as `talkingFrames` does.
 */
export async function* showFrames(
  frames: AsyncIterable<Uint8Array>,
  { width, height, screen }: Pick<Avatar, 'width' | 'height' | 'screen'>,
  { cut, background }: Shot,
): AsyncGenerator<Uint8Array> {
  const uncut = cut.width === width && cut.height === height;
  if (background === 'keep' && uncut) {
    yield* frames;
    return;
  }
  const area = cut.width * cut.height;
  const size = (area * (background === 'transparent' ? 5 : 3)) / 2;
  const pictures = Array.from({ length: PICTURES }, () => new Uint8Array(size));
  const cutOut = screen && background !== 'keep' ? createCutOut(screen, cut, background) : undefined;
  let turn = 0;
  for await (const data of frames) {
    turn = (turn + 1) % PICTURES;
    const picture = pictures[turn]!;
    cutFrame({ width, height, data }, cut, picture);
    cutOut?.(picture);
    yield picture;
  }
}

/** Takes a person out of the screen, in place: behind them is the backdrop then, or the picture ends with its matte. */
function createCutOut(screen: Screen, cut: Cut, background: 'transparent' | Frame): (picture: Uint8Array) => void {
  const area = cut.width * cut.height;
  const seenColour = new Uint8Array(area / 4);
  const seenLuma = new Uint8Array(area);
  return (picture) => {
    const [blue, red] = chromaOf(picture, cut);
    keyChroma(blue, red, screen, seenColour);
    const matte = background === 'transparent' ? picture.subarray((area * 3) / 2) : seenLuma;
    doublePlane(seenColour, cut.width / 2, cut.height / 2, matte);
    if (background === 'transparent') return;
    const [blueBehind, redBehind] = chromaOf(background.data, cut);
    blendOver(picture.subarray(0, area), matte, background.data);
    blendOver(blue, seenColour, blueBehind);
    blendOver(red, seenColour, redBehind);
  };
}
