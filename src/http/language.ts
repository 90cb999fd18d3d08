import type { Context } from 'hono';
import { languageDetector } from 'hono/language';
import { LANGUAGES, type Language } from '../types.ts';

const FALLBACK: Language = 'ru';

/** Picks the language of messages by `Accept-Language`, quality values and regions (`kk-KZ`) considered. */
export const detectLanguage = () =>
  languageDetector({
    order: ['header'],
    caches: false,
    supportedLanguages: [...LANGUAGES],
    fallbackLanguage: FALLBACK,
  });

/** The language this client reads messages in; Russian when it did not say. */
export const requestLanguage = (c: Context): Language =>
  LANGUAGES.find((language) => language === c.get('language')) ?? FALLBACK;
