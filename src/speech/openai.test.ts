import { expect, it, onTestFinished, vi } from 'vitest';
import { remoteTools } from '../../test/fixtures/speech/tools.ts';
import { createOpenai } from './openai.ts';
import { connectionFault, type RemoteFault, statusFault } from './remote-fault.ts';
import { RemoteServer } from './remote-http.ts';

function asking(answer: RemoteFault) {
  const asked = vi.spyOn(RemoteServer.prototype, 'json').mockRejectedValue(answer);
  const engine = createOpenai({ url: 'http://127.0.0.1:9', ...remoteTools });
  onTestFinished(async () => {
    asked.mockRestore();
    await engine.close();
  });
  return engine;
}

it("has OpenAI's own voices where the server lists none", async () => {
  const engine = asking(statusFault('openai', 404, undefined));
  expect((await engine.voices()).map(({ id }) => id)).toContain('alloy');
});

it.each(['ENOTFOUND', 'ECONNREFUSED'])('does not start without a server (%s)', async (code) => {
  const engine = asking(connectionFault('openai', Object.assign(new Error('x'), { code })));
  await expect(engine.start()).rejects.toMatchObject({ unreachable: true });
});
