/** The part of the GPL-3 package that espeak-child.ts uses; it brings no types of its own. */
declare module '@echogarden/espeak-ng-emscripten' {
  export interface EspeakEvent {
    type: 'word' | 'sentence' | 'mark' | 'play' | 'end' | 'msg_terminated' | 'phoneme' | 'samplerate';
    /** Unicode code points before the event in the SSML text, plus one. */
    text_position: number;
    /** Milliseconds from the beginning of the utterance. */
    audio_position: number;
    /** A phoneme's IPA, a word's or sentence's number. */
    id: string | number | undefined;
  }

  export interface EspeakWorker {
    readonly samplerate: number;
    /** 0 when the voice was found. An unknown variant after `+` is ignored in silence. */
    set_voice(name: string): number;
    /** Words a minute, 80 … 450. */
    set_rate(rate: number): void;
    /** 0 … 99, 50 is the voice's own. */
    set_pitch(pitch: number): void;
    /** Liveliness of the intonation, 0 … 99, 50 is the voice's own. */
    set_range(range: number): void;
    /** Blocks; hands over the sound piece by piece. The callback returns true to stop. */
    synthesize(ssml: string, onPiece: (pcm: Int16Array, events: EspeakEvent[]) => boolean): void;
  }

  export interface EspeakModule {
    eSpeakNGWorker: new () => EspeakWorker;
    FS: {
      readdir(path: string): string[];
      readFile(path: string, options: { encoding: 'utf8' }): string;
      readFile(path: string): Uint8Array;
      stat(path: string): { mode: number };
      isDir(mode: number): boolean;
    };
  }

  export default function init(options: {
    print(line: string): void;
    printErr(line: string): void;
  }): Promise<EspeakModule>;
}
