import { expect, it } from 'vitest';
import { BootError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { createSpeechEngine } from './index.ts';

it('makes the engine of a name without starting it', async () => {
  const engine = await createSpeechEngine('espeak', { log: silentLog });
  expect(engine.id).toBe('espeak');
  await engine.close();
});

it.each(['', 'festival', 'constructor'])('names the engines there are when asked for %j', async (name) => {
  const unknown = createSpeechEngine(name, { log: silentLog });
  await expect(unknown).rejects.toThrow(new BootError(`Unknown speech engine "${name}"; there is: espeak`));
});
