import { MEL_BANDS } from '../audio/mel.ts';
import { type OnnxPoolOptions, openOnnxPool, sharedFloats } from '../onnx/pool.ts';
import type { Mel } from '../types.ts';
import { type MouthTrack, PARAMETERS } from './params.ts';
import { readMouthContract } from './soyle-contract.ts';

/** A mouth network: what an utterance's sound makes of the mouth. */
export interface MouthNet {
  /** Parameters for every column of the mel, as the network gives them. */
  track(mel: Mel): Promise<MouthTrack>;
  close(): Promise<void>;
}

/**
 * Opens a mouth network, mel `[1,80,T]` → parameters `[1,T,7]`. It costs little and sees utterances of every length, so
 * one copy on the CPU serves all: a GPU would tune itself anew for each length.
 */
export async function openMouth(
  path: string,
  { threads, log }: Pick<OnnxPoolOptions, 'threads' | 'log'>,
): Promise<MouthNet> {
  const pool = await openOnnxPool(path, { providers: ['cpu'], workers: 1, threads, log });
  try {
    const contract = readMouthContract(pool, path);
    return {
      async track({ data, columns }) {
        if (columns === 0) return { data: new Float32Array(0), columns };
        const mel = sharedFloats(data.length);
        mel.set(data);
        const params = sharedFloats(columns * PARAMETERS.length);
        await pool.run(
          { [contract.mel]: { data: mel, dims: [1, MEL_BANDS, columns] } },
          { [contract.params]: { data: params, dims: [1, columns, PARAMETERS.length] } },
        );
        return { data: params, columns };
      },
      close: () => pool.close(),
    };
  } catch (error) {
    await pool.close();
    throw error;
  }
}
