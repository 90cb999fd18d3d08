import { createHash } from 'node:crypto';
import { createRoute } from '@hono/zod-openapi';
import { SoyleError } from '../errors.ts';
import { LANGUAGES, type Language } from '../types.ts';
import { rejectInvalid } from './body.ts';
import { oneOf } from './complaints.ts';
import type { App, AppDeps, Voices } from './deps.ts';
import { answerMedia } from './media.ts';
import { errorAnswers, json, sounds, speechErrors } from './openapi.ts';
import { publicPrefix } from './prefix.ts';
import { beginSpeech, SOUND_TYPES, speechFile, voicesOf } from './sound-answer.ts';
import { sampleQuery, voicesAnswer } from './speech-schemas.ts';

/** What a voice says to introduce itself. */
const SAMPLES: Record<Language, string> = {
  ru: 'Здравствуйте! Вот так звучит мой голос.',
  kk: 'Сәлеметсіз бе! Менің дауысым осылай естіледі.',
  en: 'Hello! This is what my voice sounds like.',
};
const SAMPLE_SECONDS = 3600;
/** So many names fit into a message. */
const MOST_NAMES = 20;

/** `GET /api/voices`: who can speak; and `GET /api/voices/sample`: a sentence in a voice, to choose it by ear. */
export function addVoices(app: App, deps: AppDeps): void {
  const list = createRoute({
    method: 'get',
    path: '/api/voices',
    tags: ['Voice'],
    summary: 'Who can speak; AllTalk’s clients read the first two fields',
    responses: {
      200: json(voicesAnswer, 'The voices of all engines that answer'),
      ...errorAnswers({ 503: ['loading'] }),
    },
  });
  app.openapi(list, async (c) => {
    const voices = await voicesOf(deps).list();
    const prefix = publicPrefix(c, deps.settings.trustProxy);
    c.header('Cache-Control', 'no-cache');
    return c.json(
      {
        status: 'success' as const,
        voices: [...new Set(voices.map(({ id }) => id))],
        details: voices.map(({ id, name, engine, language, gender, licence }) => ({
          ...{ id, name, engine, language, gender },
          sample_url: `${prefix}/api/voices/sample?${new URLSearchParams({ voice: id, language, engine })}`,
          licence: licence ?? null,
        })),
      },
      200,
    );
  });

  const sample = createRoute({
    method: 'get',
    path: '/api/voices/sample',
    tags: ['Voice'],
    summary: 'A sentence in a voice, as WAV; ranges work',
    request: { query: sampleQuery },
    responses: {
      ...speechErrors,
      200: sounds('audio/wav'),
      206: { description: 'The range asked for' },
      304: { description: 'The client has it already' },
      ...errorAnswers({ 416: ['range_not_satisfiable'] }),
    },
  });
  app.openapi(
    sample,
    async (c) => {
      const { language, voice, engine } = c.req.valid('query');
      const request = { text: SAMPLES[language], language, voice, engine, whole: true };
      await checkListed(voicesOf(deps), { voice, language, engine });
      const begun = await beginSpeech(c, deps, request);
      const file = await speechFile(deps, begun, 'wav');
      // Another voice that stood in is not this voice's sample: the next request may hear the right one.
      const { degraded, warnings = [] } = begun.said;
      const isOther = degraded || warnings.includes('voice_replaced');
      const cacheControl = isOther ? 'no-store' : `private, max-age=${SAMPLE_SECONDS}`;
      return answerMedia(
        c,
        {
          type: SOUND_TYPES.wav,
          size: file.length,
          modifiedAt: fingerprint(file),
          open: async (range) => new Blob([range ? file.subarray(range.start, range.end + 1) : file]).stream(),
        },
        { cacheControl, missing: 'not_found', embeddable: true },
      );
    },
    rejectInvalid(deps.settings.maxTextChars, { language: oneOf(...LANGUAGES) }),
  );
}

/**
 * An engine that replaces voices it lacks would answer any name with another's sample. One that does not say what it has
 * is asked all the same.
 */
async function checkListed(
  voices: Voices,
  { voice, language, engine }: { voice: string; language: Language; engine?: string },
): Promise<void> {
  const own = (await voices.list()).filter((of) => engine !== undefined && of.engine === engine);
  if (own.length === 0) return;
  const languages = await voices.languagesOf(voice, engine);
  if (languages.includes(language)) return;
  if (languages.length > 0) throw new SoyleError('voice_language', { voice, language, known: languages.join(', ') });
  const known = own.filter((of) => of.language === language).map(({ id }) => id);
  throw new SoyleError('voice_unknown', { voice, known: known.slice(0, MOST_NAMES).join(', ') });
}

/** Speech has no date of its own: in its ETag, what tells two sounds of one length apart is their bytes. 48 bits. */
const fingerprint = (file: Uint8Array): number => createHash('sha256').update(file).digest().readUIntBE(0, 6);
