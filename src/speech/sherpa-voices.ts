import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { BootError, SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import { LANGUAGES, type Language } from '../types.ts';
import { type InstalledVoice, readVoice, voiceIds } from '../voices/folder.ts';
import { unknownVoice } from './espeak-voices.ts';
import type { Voice } from './speech.ts';

/** A voice, which of its speakers, and what clients call that. */
export interface Chosen {
  voice: InstalledVoice;
  speaker: number;
  id: string;
}

/** The voices that lie in a folder; `scan` sees what was added and removed since. */
export class SherpaVoices {
  readonly #dir: string;
  readonly #defaults: Partial<Record<Language, string>>;
  readonly #log: Log;
  #sound: readonly InstalledVoice[] = [];
  #broken: ReadonlyMap<string, BootError> = new Map();
  /** Voices whose last request failed although their folders look sound. */
  readonly #failing = new Set<string>();

  constructor(dir: string, defaults: Partial<Record<Language, string>>, log: Log) {
    this.#dir = dir;
    this.#defaults = defaults;
    this.#log = log;
  }

  get sound(): readonly InstalledVoice[] {
    return this.#sound;
  }

  /** Why folders that are there are not voices, by their names. */
  get broken(): ReadonlyMap<string, BootError> {
    return this.#broken;
  }

  get languages(): readonly Language[] {
    return LANGUAGES.filter((language) => this.#sound.some(({ languages }) => languages.includes(language)));
  }

  /** Changes when a voice is added, removed or replaced. */
  get fingerprint(): string {
    const all = this.#sound.map(keyOf).join('\n');
    return createHash('sha256').update(all).digest('hex').slice(0, 16);
  }

  async scan(): Promise<void> {
    const sound: InstalledVoice[] = [];
    const broken = new Map<string, BootError>();
    for (const id of await voiceIds(this.#dir)) {
      try {
        sound.push(await readVoice(join(this.#dir, id), id));
      } catch (error) {
        const fault = error instanceof BootError ? error : new BootError(`Voice "${id}": ${String(error)}`, error);
        if (this.#broken.get(id)?.message !== fault.message) this.#log.warn({ voice: id }, fault.message);
        broken.set(id, fault);
      }
    }
    this.#sound = sound;
    this.#broken = broken;
  }

  /** A voice that failed is nobody's default until it has spoken again. */
  note(voice: InstalledVoice, spoke: boolean): void {
    if (spoke) this.#failing.delete(keyOf(voice));
    else this.#failing.add(keyOf(voice));
  }

  /** A voice with several speakers is one for each of them. */
  list(): Voice[] {
    return this.#sound.flatMap((voice) =>
      voice.languages.flatMap((language) =>
        voice.speakers.map(({ name, gender }, speaker) => ({
          ...{ id: idOf(voice, speaker), name, language, gender },
          licence: voice.licence,
        })),
      ),
    );
  }

  /** The voice of that id, or the language's own. Throws `invalid_request`, or `speech_failed` for a broken folder. */
  async choose(id: string | undefined, language: Language): Promise<Chosen> {
    const chosen = this.#find(id, language);
    if (chosen) return chosen;
    // It may have been added after the last look.
    await this.scan();
    const found = this.#find(id, language);
    if (found) return found;
    if (id === undefined) throw new SoyleError('speech_failed', {}, new Error(`no voice speaks ${language}`));
    const fault = this.#broken.get(id.split('+')[0]!);
    if (fault) throw new SoyleError('speech_failed', {}, fault);
    throw unknownVoice(id);
  }

  #find(id: string | undefined, language: Language): Chosen | undefined {
    if (id === undefined) {
      const preferred = this.#byId(this.#defaults[language] ?? '');
      const others = this.#sound.map((voice) => ({ voice, speaker: 0, id: idOf(voice, 0) }));
      const speaking = [...(preferred ? [preferred] : []), ...others].filter(({ voice }) =>
        voice.languages.includes(language),
      );
      return speaking.find(({ voice }) => !this.#failing.has(keyOf(voice))) ?? speaking[0];
    }
    const chosen = this.#byId(id);
    if (chosen && !chosen.voice.languages.includes(language)) {
      const detail = `voice "${id}" speaks ${chosen.voice.languages.join(', ')}, not ${language}`;
      throw new SoyleError('invalid_request', { detail });
    }
    return chosen;
  }

  #byId(id: string): Chosen | undefined {
    const [base, speakerId] = id.split('+');
    const voice = this.#sound.find((one) => one.id === base);
    if (!voice) return undefined;
    const speaker = speakerId === undefined ? 0 : voice.speakers.findIndex((one) => one.id === speakerId);
    return speaker < 0 ? undefined : { voice, speaker, id: idOf(voice, speaker) };
  }
}

const idOf = ({ id, speakers }: InstalledVoice, speaker: number): string =>
  speakers.length === 1 ? id : `${id}+${speakers[speaker]!.id}`;

const keyOf = ({ id, version }: InstalledVoice): string => `${id} ${version}`;
