import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { BootError } from './errors.ts';
import { isChosenId } from './ids.ts';
import { LANGUAGES } from './types.ts';

const integer = (min: number, max: number) => {
  const error = ({ input }: { input?: unknown }) => `${quoted(input)} is not a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, { error })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error });
};
const oneOf = <const T extends readonly string[]>(names: T) =>
  z.enum(names, { error: ({ input }) => `${quoted(input)} is none of ${names.join(', ')}` });
const flag = z.stringbool({
  ...{ truthy: ['1', 'true', 'yes', 'on'], falsy: ['0', 'false', 'no', 'off'] },
  error: ({ input }) => `${quoted(input)} is neither true nor false`,
});
const quoted = (input: unknown): string => `"${String(input)}"`;
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);
const origin = z.string().refine((text) => text === '*' || (URL.canParse(text) && new URL(text).origin === text), {
  error: ({ input }) =>
    `${quoted(input)} is no origin: write it like https://example.com, without a path or slash at the end`,
});
const chosenId = z.string().refine(isChosenId, {
  error: ({ input }) =>
    `${quoted(input)} cannot be a name: use a-z, 0-9, "-" and "_", a letter or digit first, at most 64 characters`,
});
const folder = z
  .string()
  .min(1)
  .transform((path) => resolve(path));

/** Settings that may hold keys are never quoted in a complaint. */
const url = z.string().refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
  error: 'must be an address that begins with http:// or https://',
});
const headerSafe = z.string().regex(/^[\t\x20-\x7e]+$/, { error: 'holds a character that no HTTP header may have' });
/** A JSON object in a string. */
const jsonObject = z.string().transform((text, context): Record<string, unknown> => {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    context.addIssue('must be a JSON object, such as {"name": "value"}');
    return z.NEVER;
  }
});
const headers = jsonObject.pipe(z.record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/), headerSafe));
/** `a=b,c=d` as an object; a JSON object of strings is one already. */
const pairs = z
  .string()
  .transform((text, context) => {
    if (text.startsWith('{')) return text;
    const found = text.split(',').map((pair) => /^\s*([^=\s]+)\s*=\s*(\S+)\s*$/.exec(pair));
    if (found.every((pair) => pair !== null)) {
      return JSON.stringify(Object.fromEntries(found.map(([, name, value]) => [name, value])));
    }
    context.addIssue(`${quoted(text)} is not written like name=value,name=value`);
    return z.NEVER;
  })
  .pipe(jsonObject);
const languages = list.pipe(z.array(oneOf(LANGUAGES)).min(1));
const partial = <const T extends readonly string[]>(names: T) => z.partialRecord(oneOf(names), z.string());

const DEFAULT_FILE = 'soyle.config.json';
const cores = availableParallelism();
/** The package's own folder: `soyle` finds its models and avatars from wherever it is called. */
const home = fileURLToPath(new URL('..', import.meta.url));

export const SPEECH_ENGINES = ['espeak', 'sherpa', 'alltalk', 'qwen', 'openai', 'elevenlabs', 'http'] as const;
export type SpeechEngineName = (typeof SPEECH_ENGINES)[number];

/** What an engine cannot be used without. */
const NEEDED = {
  alltalk: 'ALLTALK_URL',
  qwen: 'QWEN_TTS_URL',
  openai: 'OPENAI_TTS_URL',
  elevenlabs: 'ELEVENLABS_API_KEY',
  http: 'HTTP_TTS_URL',
} as const;

/** These may change while the server runs. */
const speechSettings = {
  SPEECH_ENGINES: list.pipe(z.array(oneOf(SPEECH_ENGINES)).min(1)).default(['espeak']),
  SHERPA_VOICES: pairs.pipe(partial(LANGUAGES)).default({}),
  SHERPA_THREADS: integer(1, 64).default(1),
  SHERPA_MEMORY_MB: integer(1, 1_000_000).default(1024),

  ALLTALK_URL: url.optional(),
  ALLTALK_LANGUAGES: languages.default(['ru', 'en']),
  QWEN_TTS_URL: url.optional(),
  QWEN_TTS_LANGUAGES: languages.default(['ru', 'en']),
  OPENAI_TTS_URL: url.optional(),
  OPENAI_TTS_KEY: headerSafe.optional(),
  OPENAI_TTS_MODEL: z.string().default('gpt-4o-mini-tts'),
  OPENAI_TTS_VOICE: z.string().optional(),
  OPENAI_TTS_LANGUAGES: languages.default([...LANGUAGES]),
  ELEVENLABS_API_KEY: headerSafe.optional(),
  ELEVENLABS_MODEL: z.string().default('eleven_multilingual_v2'),
  ELEVENLABS_VOICE: z.string().optional(),
  ELEVENLABS_URL: url.default('https://api.elevenlabs.io'),
  HTTP_TTS_URL: url.optional(),
  HTTP_TTS_FIELDS: pairs.pipe(partial(['text', 'lang', 'voice', 'rate', 'pitch', 'temperature'])).default({}),
  HTTP_TTS_HEADERS: headers.default({}),
  HTTP_TTS_BODY: jsonObject.default({}),
  HTTP_TTS_VOICES: list.pipe(z.array(z.string()).min(1)).optional(),
  HTTP_TTS_LANGUAGES: languages.default([...LANGUAGES]),
  HTTP_TTS_PCM_RATE: integer(4000, 192_000).optional(),

  TTS_MAX_CONCURRENT: integer(1, 64).default(4),
  TTS_CONNECT_TIMEOUT_MS: integer(100, 60_000).default(5000),
  TTS_SILENCE_TIMEOUT_MS: integer(100, 600_000).default(15_000),
  TTS_ATTEMPTS: integer(1, 10).default(3),
  TTS_BREAKER_FAILURES: integer(1, 1000).default(5),
  TTS_BREAKER_PAUSE_MS: integer(100, 3_600_000).default(10_000),
  TTS_CACHE_MEMORY_MB: integer(0, 100_000).default(64),
  TTS_CACHE_DISK_MB: integer(0, 1_000_000).default(256),
  TTS_CACHE_TTL_HOURS: integer(1, 100_000).default(24),
  TTS_CACHE_DIR: folder.default(join(home, '.cache', 'speech')),
};

/** Every setting, its default and its range. The names are the environment's. */
export const settingsSchema = z
  .object({
    CONFIG_FILE: folder.default(() => resolve(DEFAULT_FILE)),
    HOST: z.string().min(1).default('127.0.0.1'),
    PORT: integer(0, 65_535).default(3000),
    LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    CORS_ORIGINS: list.pipe(z.array(origin)).default(['*']),
    TRUST_PROXY: flag.default(false),

    AVATARS_DIR: folder.default(join(home, 'avatars')),
    MODELS_DIR: folder.default(join(home, 'models')),
    BACKGROUNDS_DIR: folder.default(join(home, 'backgrounds')),
    OUTPUT_DIR: folder.default(join(home, 'outputs')),
    AVATAR: chosenId.default('anna'),
    AVATAR_UPLOADS: oneOf(['auto', 'on', 'off']).default('auto'),
    AVATAR_MEMORY_MB: integer(1, 1_000_000).default(768),
    MAX_UPLOAD_BYTES: integer(1024, 999_999_999).default(200 * 1024 * 1024),
    LIPS_MODEL: chosenId.default('soyle'),
    MODELS_MEMORY_MB: integer(1, 1_000_000).default(2048),

    EXECUTION_PROVIDERS: list.pipe(z.array(oneOf(['cpu', 'cuda'])).min(1)).default(['cuda', 'cpu']),
    INFERENCE_WORKERS: integer(1, 64).default(Math.min(4, cores)),
    INFERENCE_THREADS: integer(1, 64).default(Math.max(1, Math.floor(cores / 4))),
    BATCH_SIZE: integer(1, 64).default(4),
    VIDEO_PRESET: oneOf(['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium']).optional(),
    VIDEO_CRF: integer(10, 40).optional(),
    FFMPEG_PATH: z.string().min(1).optional(),
    FFPROBE_PATH: z.string().min(1).optional(),

    SPEECH_TIMEOUT_MS: integer(1000, 600_000).default(30_000),
    MAX_TEXT_CHARS: integer(1, 1_000_000).default(10_000),
    MAX_CONCURRENT: integer(1, 64).default(Math.max(2, cores >> 1)),
    MAX_QUEUE: integer(0, 10_000).default(32),
    OUTPUT_TTL_MINUTES: integer(1, 100_000).default(60),
    ...speechSettings,
  })
  .superRefine((settings, context) => {
    for (const engine of settings.SPEECH_ENGINES) {
      const needed = engine in NEEDED ? NEEDED[engine as keyof typeof NEEDED] : undefined;
      if (needed === undefined || settings[needed] !== undefined) continue;
      const message = `"${engine}" needs ${needed}: set it, or take "${engine}" out of SPEECH_ENGINES`;
      context.addIssue({ code: 'custom', path: ['SPEECH_ENGINES'], message });
    }
  });

export type Settings = z.output<typeof settingsSchema>;

/** Whether a setting is heeded without a restart. */
export const isLive = (name: string): boolean => name in speechSettings;

/**
 * Reads the environment, and below it what a settings file holds. An empty variable counts as unset. Throws `BootError`
 * listing every fault at once.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, file: Record<string, unknown> = {}): Settings {
  const names = Object.keys(settingsSchema.shape);
  const given = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const written = Object.fromEntries(Object.entries(file).map(([name, value]) => [name, asVariable(value)]));
  const unknown = Object.keys(file).filter((name) => !names.includes(name));
  const parsed = settingsSchema.safeParse({ ...written, ...given });
  if (parsed.success && unknown.length === 0) return parsed.data;
  const faults = [
    ...unknown.map((name) => `  ${name}: there is no such setting`),
    ...(parsed.error?.issues ?? []).map((issue) => `  ${issue.path.join('.')}: ${issue.message}`),
  ];
  throw new BootError(`These settings are not usable:\n${faults.join('\n')}`);
}

/** A value of the settings file as a variable would say it. */
function asVariable(value: unknown): unknown {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' || value === undefined ? value : JSON.stringify(value);
}

/** The settings of this process: environment, settings file, defaults. Throws `BootError`. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Settings {
  const { CONFIG_FILE } = env;
  const path = resolve(CONFIG_FILE || DEFAULT_FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (!CONFIG_FILE && (error as NodeJS.ErrnoException).code === 'ENOENT') return readConfig(env);
    throw new BootError(`The settings file ${path} cannot be read: ${String(error)}`, error);
  }
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    // What the parser says would quote the file, and with it perhaps a key.
    throw new BootError(`The settings file ${path} is not JSON.`);
  }
  const object = z.record(z.string(), z.unknown()).safeParse(file);
  if (!object.success) throw new BootError(`The settings file ${path} must hold one JSON object.`);
  return readConfig(env, object.data);
}

/** Looks at the settings file every two seconds; tells of settings that changed, and of a file that is not usable. */
export function watchConfig(
  { CONFIG_FILE }: Settings,
  { changed, broken }: { changed(settings: Settings): void; broken(error: BootError): void },
  { env = process.env, everyMs = 2000 }: { env?: NodeJS.ProcessEnv; everyMs?: number } = {},
): { stop(): void } {
  const look = () => {
    let settings: Settings;
    try {
      settings = loadConfig(env);
    } catch (error) {
      broken(error instanceof BootError ? error : new BootError(String(error), error));
      return;
    }
    changed(settings);
  };
  watchFile(CONFIG_FILE, { interval: everyMs, persistent: false }, look);
  return { stop: () => unwatchFile(CONFIG_FILE, look) };
}

/** Names of the settings in which two differ. */
export const changedSettings = (before: Settings, after: Settings): (keyof Settings)[] =>
  (Object.keys(settingsSchema.shape) as (keyof Settings)[]).filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
