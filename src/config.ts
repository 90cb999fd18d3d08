import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { BootError } from './errors.ts';
import { isChosenId } from './ids.ts';

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
  error: ({ input }) => `${quoted(input)} cannot be a name: use a-z, 0-9, "-" and "_", at most 64 characters`,
});
const folder = z
  .string()
  .min(1)
  .transform((path) => resolve(path));

const cores = availableParallelism();
/** The package's own folder: `soyle` finds its models and avatars from wherever it is called. */
const home = fileURLToPath(new URL('..', import.meta.url));

/** Every setting, its default and its range. The names are the environment's. */
export const settingsSchema = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: integer(0, 65_535).default(3000),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  CORS_ORIGINS: list.pipe(z.array(origin)).default(['*']),
  TRUST_PROXY: flag.default(false),

  AVATARS_DIR: folder.default(join(home, 'avatars')),
  MODELS_DIR: folder.default(join(home, 'models')),
  OUTPUT_DIR: folder.default(join(home, 'outputs')),
  AVATAR: chosenId.default('anna'),
  LIPS_MODEL: chosenId.default('soyle'),

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
});

export type Settings = z.output<typeof settingsSchema>;

/** Reads the environment once. An empty variable counts as unset. Throws `BootError` listing every fault at once. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Settings {
  const given = Object.fromEntries(
    Object.keys(settingsSchema.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
  const parsed = settingsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new BootError(`These settings are not usable:\n${faults.join('\n')}`);
}
