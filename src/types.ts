/**
 * What flows through the house, and the constants every room agrees on.
 * Times are milliseconds unless a name ends in `Seconds`.
 */

export const LANGUAGES = ['ru', 'kk', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
/** What a request may say of its text: `auto` has the language of each sentence found out. */
export const TEXT_LANGUAGES = [...LANGUAGES, 'auto'] as const;
export type TextLanguage = (typeof TEXT_LANGUAGES)[number];

/** Sample rate of all speech inside the pipeline, Hz, mono, signed 16 bit. */
export const SAMPLE_RATE = 16_000;
/** Video frames per second; one frame is exactly 40 ms. */
export const FPS = 25;
export const FRAME_MS = 1000 / FPS;
/** Audio samples under one video frame (640). */
export const SAMPLES_PER_FRAME = SAMPLE_RATE / FPS;

/** What speech alone can be sent as: `opus` in Ogg, `aac` in ADTS frames, `pcm` as bare samples of 24 kHz. */
export const SOUND_FORMATS = ['wav', 'mp3', 'opus', 'aac', 'flac', 'pcm'] as const;
export type SoundFormat = (typeof SOUND_FORMATS)[number];

/** Mono speech at any rate, perhaps while it is still being spoken. */
export interface Sound {
  /** Hz. */
  sampleRate: number;
  /** To be iterated once. */
  pcm: AsyncIterable<Int16Array>;
}

/** How far the mouth moves, 1 as the lips model learnt it: mumbling … articulating strongly. */
export const INTENSITY = { min: 0.5, max: 1.5, default: 1 } as const;

/** The files a chunk's picture can come as; `stacked-mp4` has the colours above and their matte below. */
export const VIDEO_FORMATS = ['mp4', 'webm', 'stacked-mp4'] as const;
export type VideoFormat = (typeof VIDEO_FORMATS)[number];
export const VIDEO_EXTENSIONS = { mp4: 'mp4', webm: 'webm', 'stacked-mp4': 'mp4' } as const satisfies Record<
  VideoFormat,
  string
>;

/** How much of an avatar's picture is shown; all but `full` are found from the face. */
export const CROPS = ['full', 'bust', 'head', 'square'] as const;
export type CropKind = (typeof CROPS)[number];

/** Height of a rendered picture, pixels; one that is asked for makes no picture wider than the largest. */
export const RESOLUTION = { min: 64, max: 1920 } as const;

/** What the model's crop has more on each side (top, bottom, left, right), percent of its own height and width. */
export type Pads = readonly [number, number, number, number];
export const PAD = { min: -20, max: 20 } as const;

/** What may become an avatar: the largest picture file, larger than any camera makes, and how much of a video is taken. */
export const AVATAR_FILE = { pictureBytes: 30 * 2 ** 20, seconds: 15 } as const;
/** Whether a voice is a woman's or a man's. */
export const VOICE_GENDERS = ['female', 'male'] as const;
export type VoiceGender = (typeof VOICE_GENDERS)[number];

/** Longest name of an avatar, and other words that are sent about one, characters. */
export const AVATAR_CHARS = { name: 100, words: 200 } as const;
/** What such words may hold: no control characters, which terminals obey. */
export const PLAIN_WORDS = /^\P{Cc}*$/u;
/** A point on the face that is meant as people write it: `x,y` in pixels of the upright picture. */
export const FACE_POINT = /^\d{1,5}(\.\d+)?,\d{1,5}(\.\d+)?$/;

/** The point of a text that `FACE_POINT` matches. */
export function facePoint(text: string): { x: number; y: number } {
  const [x = 0, y = 0] = text.split(',').map(Number);
  return { x, y };
}

/**
 * What is behind a person who was filmed before a screen or comes with a matte: the avatar's own picture, a colour
 * (`#rrggbb`), one of the server's pictures by its id, or nothing.
 */
export type Background = 'keep' | 'transparent' | { colour: string } | { picture: string };

/** `#rrggbb`. */
export const COLOUR = /^#[0-9a-f]{6}$/i;

/** The colour of a green or blue screen: Cb and Cr as they differ from grey. */
export interface Screen {
  u: number;
  v: number;
}

/** How a request wants to see its avatar; what is absent is as the avatar and the server have it. */
export interface Look {
  /** Id of the lips model. */
  model?: string;
  /** One still picture whose mouth moves, instead of the moving avatar. */
  staticMode?: boolean;
  pads?: Pads;
  background?: Background;
  /** Height of the video (`RESOLUTION`), less where the width, which follows, would be larger than the largest height. */
  resolution?: number;
  crop?: CropKind;
  format?: VideoFormat;
}

/** A piece of the user's text that is spoken and rendered as one MP4 + WAV. */
export interface ChunkText {
  index: number;
  /** The user's characters as written. */
  text: string;
  /** UTF-16 offset of `text` in the request's text. */
  offset: number;
}

/** One spoken word; `textOffset` is the UTF-16 offset of `text` inside the chunk's text. */
export interface WordTiming {
  text: string;
  startMs: number;
  endMs: number;
  textOffset: number;
}

/** Speech: 16 kHz mono PCM and, when the voice knows them, the times of its words. */
export interface Speech {
  pcm: Int16Array;
  words?: WordTiming[];
}

/** Log-mel spectrogram in [−4, 4], 80 columns a second, band-major: `data[band * columns + column]`. */
export interface Mel {
  data: Float32Array;
  columns: number;
}

/** A picture in planar YUV 4:2:0 (I420): Y, then U, then V, rows without padding. Width and height are even. */
export interface Frame {
  width: number;
  height: number;
  data: Uint8Array;
}

/**
 * 2×3 matrix [a, b, tx, c, d, ty] from the unit square of a face crop (u right, v down, 0…1) to frame pixels:
 * x = a·u + b·v + tx, y = c·u + d·v + ty, where x = 0.5 is the centre of the first pixel. A rotation, a shift and a
 * scale for each side: the first lips model was trained on tall face boxes squeezed into squares.
 */
export type CropMatrix = readonly [number, number, number, number, number, number];

/** A face crop prepared for a model: `size`×`size`, planar BGR (B plane, G plane, R plane), 0…255. */
export interface FaceCrop {
  size: number;
  data: Uint8Array;
}

/** What a lips model returns for one video frame: planar BGR float32 in 0…1, `size`×`size`. */
export interface MouthPatch {
  frame: number;
  size: number;
  data: Float32Array;
}

/** Who spoke a text, and what of the request went unheeded. */
export interface Spoken {
  /** Id of the engine that spoke, of most of the text if several did. */
  engine?: string;
  /** Ids of all that spoke, in order; absent when it was one. */
  engines?: readonly string[];
  /** Another engine than the wanted one spoke, because that one failed; absent otherwise. */
  degraded?: true;
  /** Codes such as `voice_replaced`, each once; absent when there are none. */
  warnings?: readonly string[];
}

/** A finished chunk whose files lie in scratch space, not yet stored. */
export interface Chunk extends ChunkText, Spoken {
  /** A whole number of video frames. */
  durationMs: number;
  frames: number;
  /** Frame of the avatar's loop after its last one: there the next chunk, or the next stream, goes on. */
  endPose: number;
  format: VideoFormat;
  words: WordTiming[];
  videoPath: string;
  audioPath: string;
}
