import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { LanguageVariables } from 'hono/language';
import type { RequestIdVariables } from 'hono/request-id';
import type { AvatarFacts } from '../avatar/facts.ts';
import type { JobQueue, SaidStream, SayRequest } from '../jobs/job.ts';
import type { Log } from '../log.ts';
import type { Storage } from '../storage/storage.ts';
import type { Language, Sound, SoundFormat, VoiceGender } from '../types.ts';
import type { Health } from './schemas.ts';

export interface HttpSettings {
  /** Longest text of one request, Unicode code points. */
  maxTextChars: number;
  /** Largest request body, bytes. */
  maxBodyBytes: number;
  /** Origins whose pages may call the API: these exactly (`https://example.com`), and with `*` every one. */
  corsOrigins: readonly string[];
  /** Whether `X-Forwarded-Prefix` and `X-Request-Id` of a request are believed. */
  trustProxy: boolean;
  /** Who may upload and delete avatars: nobody, who calls this machine from itself and by a name of its own, everybody. */
  uploads: 'off' | 'local' | 'on';
  /** Largest file that may be uploaded, bytes. */
  maxUploadBytes: number;
  /** How long a stored chunk lives, milliseconds; clients may cache it until then. */
  outputTtlMs: number;
  /** Pause between the comments that keep a silent event stream open, milliseconds. */
  heartbeatMs: number;
}

/** A picture or video in scratch space that is to become an avatar; it is taken over. */
export interface AvatarUpload {
  path: string;
  id?: string;
  name?: string;
  /** Pixels of the upright picture. */
  face?: { x: number; y: number };
  idle?: 'alive' | 'still';
  gender?: VoiceGender;
  licence?: string;
  origin?: string;
  consent: true;
}

/** The avatars there are. */
export interface Avatars {
  list(): readonly AvatarFacts[];
  /** The default one where no id is given. Throws `avatar_unknown`. */
  facts(id?: string): AvatarFacts;
  /**
   * Its loop as an MP4, with closed lips; made when it is first asked for, as long as somebody waits. `undefined` of a
   * still picture. Rejects with the signal's reason.
   */
  idle(facts: AvatarFacts, signal: AbortSignal): Promise<string | undefined>;
  /** An upload has begun to arrive. */
  expect(): void;
  /** Begins to prepare an avatar. Rejects with what is wrong with the file, or with `avatar_exists`. */
  register(upload: AvatarUpload): Promise<AvatarFacts>;
  /** Rejects with `avatar_unknown`, `avatar_bundled` or `avatar_default`. */
  remove(id: string): Promise<void>;
  /** What is told of an avatar, now and after every change, until it is ready, has failed or is gone. */
  follow(id: string, signal: AbortSignal): AsyncGenerator<AvatarFacts>;
}

/** A voice that requests can name. One of several languages is listed once for each. */
export interface ListedVoice {
  id: string;
  /** For people. */
  name: string;
  /** Id of the engine whose voice it is. */
  engine: string;
  language: Language;
  gender?: 'female' | 'male';
  /** SPDX name or the maker's words, where it is known. */
  licence?: string;
}

/** What an engine can be told. */
export interface EngineAbilities {
  rate: boolean;
  pitch: boolean;
  temperature: boolean;
}

/** The voices without the face. */
export interface Voices {
  /** Ids of the engines, in the order in which they are asked. */
  readonly engines: readonly string[];
  /** Those of every engine that answers. */
  list(): Promise<readonly ListedVoice[]>;
  /** Of one of the engines, as far as it is known. */
  abilities(engine: string): EngineAbilities;
  /** What the voice speaks that requests call so, by id or name; nothing where there is none, or none of that engine. */
  languagesOf(voice: string, engine?: string): Promise<readonly Language[]>;
  /** Rejects with `engine_unknown` or `voice_unknown`, naming what there is, where nobody could do as asked. */
  check(request: Omit<SayRequest, 'text'>): Promise<void>;
  /**
   * Speaks a text of any length as `say` does: normalised, each language by a voice of its own. Resolves with the first
   * sound at hand; leaving the iteration ends the synthesis, and so does `signal`.
   */
  stream(request: SayRequest, signal: AbortSignal): Promise<SaidStream>;
}

/** What requests can name of how an avatar is shown. */
export interface Looks {
  models(): Promise<readonly ListedModel[]>;
  /** Throws `model_unknown`, which lists what there is. */
  checkModel(id: string): void;
  /** Ids of the background pictures. */
  backgrounds(): Promise<readonly string[]>;
  /** Rejects with `background_unknown`, which lists what there is. */
  checkBackground(id: string): Promise<void>;
}

/** A lips model that requests can name. */
export interface ListedModel {
  id: string;
  kind: 'soyle' | 'wav2lip';
  /** SPDX name or the maker's words. */
  licence: string;
  note?: string;
  /** Taken when a request names none. */
  default: boolean;
  /** Its files are there. */
  available: boolean;
  /** In memory at the moment. */
  loaded: boolean;
}

/** Speech as bytes. Both end the sound when they are left or aborted, and fail with what it failed with or `audio_failed`. */
export interface SoundEncoder {
  /** While it is being spoken; a WAV then does not know its length. Nothing said at all becomes a short silence. */
  stream(sound: Sound, format: SoundFormat, signal: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>>;
  /** All of it as one file. */
  file(sound: Sound, format: SoundFormat, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/** Everything the HTTP floor needs; the composition root fills it with real parts, tests with small ones. */
export interface AppDeps {
  queue: JobQueue;
  storage: Storage;
  /** `undefined` until the default one is prepared. */
  avatars(): Avatars | undefined;
  /** `undefined` until the engines have started. */
  voices(): Voices | undefined;
  /** `undefined` until the engines have started. */
  looks(): Looks | undefined;
  sound: SoundEncoder;
  health(): Health;
  log: Log;
  /** Folder with the page: `index.html` and the modules and styles beside it. */
  webDir: string;
  settings: HttpSettings;
}

export interface AppEnv {
  Variables: RequestIdVariables & LanguageVariables;
}

export type App = OpenAPIHono<AppEnv>;
export type AppContext = Context<AppEnv>;
