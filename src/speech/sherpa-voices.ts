import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BootError, SoyleError } from '../errors.ts';
import type { Log } from '../log.ts';
import { LANGUAGES, type Language } from '../types.ts';
import { folderLook, type InstalledVoice, readVoice, voiceIds } from '../voices/folder.ts';
import { unknownVoice } from './espeak-voices.ts';
import type { Voice } from './speech.ts';

/** A voice, which of its speakers, and what clients call that. */
export interface Chosen {
  voice: InstalledVoice;
  speaker: number;
  id: string;
}

/** What was found in a voice's folder when it looked so. */
interface Found {
  look: string;
  voice?: InstalledVoice;
  fault?: BootError;
}

/** What changes inside a voice's folder is seen after so long; a voice added or removed is seen at once. */
const LOOK_AGAIN_MS = 3000;

/** The voices that lie in a folder. They are read once; what was added, removed or changed since is seen. */
export class SherpaVoices {
  readonly #dir: string;
  readonly #defaults: Partial<Record<Language, string>>;
  readonly #log: Log;
  readonly #now: () => number;
  /** By folder. */
  #found: ReadonlyMap<string, Found> = new Map();
  #last: { mtimeMs: number; at: number } | undefined;
  #looking: Promise<void> = Promise.resolve();
  #sound: readonly InstalledVoice[] = [];
  #broken: ReadonlyMap<string, BootError> = new Map();
  /** Voices whose last request failed although their folders look sound. */
  readonly #failing = new Set<string>();

  /** `now` in milliseconds; by default a clock that nobody sets. */
  constructor(dir: string, defaults: Partial<Record<Language, string>>, log: Log, now = () => performance.now()) {
    this.#dir = dir;
    this.#defaults = defaults;
    this.#log = log;
    this.#now = now;
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

  /** Looks at every folder, and reads those that look different from last time. */
  scan(): Promise<void> {
    return this.#inTurn(() => this.#scan());
  }

  /** The same, unless nothing came or went since a look a moment ago. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      const { mtimeMs, at } = this.#last ?? { mtimeMs: Number.NaN, at: 0 };
      if (this.#now() - at < LOOK_AGAIN_MS && mtimeMs === (await mtimeOf(this.#dir))) return;
      await this.#scan();
    });
  }

  /** One look at a time: those who ask meanwhile mostly find that it was just done. */
  #inTurn(look: () => Promise<void>): Promise<void> {
    const turn = this.#looking.then(look);
    this.#looking = turn.catch(() => undefined);
    return turn;
  }

  async #scan(): Promise<void> {
    // Taken before: what comes while the folder is read changes it again.
    const last = { mtimeMs: await mtimeOf(this.#dir), at: this.#now() };
    const found = new Map<string, Found>();
    for (const id of await voiceIds(this.#dir)) {
      const seen = this.#found.get(id);
      const one = await this.#read(id, seen);
      if (one.fault && one.fault.message !== seen?.fault?.message) this.#log.warn({ voice: id }, one.fault.message);
      found.set(id, one);
    }
    this.#found = found;
    this.#sound = Array.from(found.values(), ({ voice }) => voice).filter((voice) => voice !== undefined);
    this.#broken = new Map(Array.from(found).flatMap(([id, { fault }]) => (fault ? [[id, fault]] : [])));
    this.#last = last;
  }

  /** A folder's voice, or what is wrong with it; `seen` where it still looks like that. */
  async #read(id: string, seen: Found | undefined): Promise<Found> {
    const dir = join(this.#dir, id);
    const look = await folderLook(dir).catch(() => '');
    if (look && look === seen?.look) return seen;
    try {
      return { look, voice: await readVoice(dir, id) };
    } catch (error) {
      return {
        look,
        fault: error instanceof BootError ? error : new BootError(`Voice "${id}": ${String(error)}`, error),
      };
    }
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
          ...(this.#byId(this.#defaults[language] ?? '')?.id === idOf(voice, speaker) && {
            default: 'chosen' as const,
          }),
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

/** Changes when something is added to a folder or removed from it; 0 where there is none. */
const mtimeOf = (dir: string): Promise<number> =>
  stat(dir).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

const idOf = ({ id, speakers }: InstalledVoice, speaker: number): string =>
  speakers.length === 1 ? id : `${id}+${speakers[speaker]!.id}`;

const keyOf = ({ id, version }: InstalledVoice): string => `${id} ${version}`;
