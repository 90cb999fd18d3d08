import { expect, it } from 'vitest';
import { BootError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { createMedia } from '../media/ffmpeg.ts';
import { createSpeechEngine } from './index.ts';

const NAMES = 'espeak, sherpa, alltalk, qwen, openai, elevenlabs, http';
const tools = { log: silentLog, media: createMedia({ log: silentLog }) };

it('makes the engine of a name without starting it', async () => {
  const engine = await createSpeechEngine('espeak', tools);
  expect(engine.id).toBe('espeak');
  await engine.close();
});

it.each(['', 'festival', 'constructor'])('names the engines there are when asked for %j', async (name) => {
  const unknown = createSpeechEngine(name, tools);
  await expect(unknown).rejects.toThrow(new BootError(`Unknown speech engine "${name}"; there is: ${NAMES}`));
});

it.each(NAMES.split(', ').slice(1))('does not make %s without what it needs', async (name) => {
  await expect(createSpeechEngine(name, tools)).rejects.toThrow(BootError);
});
