/** The part of the package that sherpa-child.ts uses; it brings no types of its own. */
declare module 'sherpa-onnx-node' {
  export interface GeneratedAudio {
    /** −1 … 1. */
    samples: Float32Array;
    sampleRate: number;
  }

  export class OfflineTts {
    /** Ends the process when it does not like the files. */
    constructor(config: object);
    /** Blocks. */
    generate(request: object): GeneratedAudio;
  }

  const sherpa: { OfflineTts: typeof OfflineTts };
  export default sherpa;
}
