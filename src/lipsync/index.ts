import type { LipSync, LipSyncOptions } from './lipsync.ts';
import type { LipsModel } from './manifest.ts';
import { openSoyle } from './soyle.ts';
import { openWav2Lip } from './wav2lip.ts';

/** Opens a lips model of any kind. Throws `BootError` when its files are not what the manifest says they are. */
export function openLips(model: LipsModel, options: LipSyncOptions): Promise<LipSync> {
  return model.kind === 'soyle' ? openSoyle(model, options) : openWav2Lip(model, options);
}
