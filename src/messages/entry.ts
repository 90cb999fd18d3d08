import type { Language } from '../types.ts';

/** One wording for each language that messages come in. */
export type Phrase = Readonly<Record<Language, string>>;

/** An error of the catalogue. `{name}` in its texts is filled from what the error is thrown with. */
export interface Entry extends Phrase {
  /** Of the HTTP answer. */
  status: number;
  /** Whether the same request may succeed later. */
  retryable: boolean;
}

export const entry = (status: number, ru: string, kk: string, en: string, retryable = false): Entry => ({
  status,
  retryable,
  ru,
  kk,
  en,
});
