import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { BootError } from '../../src/errors.ts';
import { createApp } from '../../src/http/app.ts';
import { serve } from '../../src/http/server.ts';
import { buildHouse, deferred, listen, post, untilAborted } from './http-helpers.ts';

test('it listens where it says', async () => {
  const { url, port } = await listen(await buildHouse());
  expect(url).toBe(`http://127.0.0.1:${port}`);
  expect((await fetch(`${url}/api/health`)).status).toBe(200);
});

test('a taken port is a boot error that names the cure', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const attempt = serve(createApp(await buildHouse()), { host: '127.0.0.1', port });
  await expect(attempt).rejects.toThrow(BootError);
  await expect(attempt).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken`);
});

test('an address of another machine is a boot error too', async () => {
  const attempt = serve(createApp(await buildHouse()), { host: '192.0.2.1', port: 0 });
  await expect(attempt).rejects.toThrow('set HOST to');
});

test('close lets a running answer finish, and a kept-alive connection does not hold it up', async () => {
  const house = await buildHouse();
  const started = deferred<void>();
  const gate = deferred<void>();
  house.queue.beforeChunk = () => {
    started.resolve();
    return gate.promise;
  };
  const server = await listen(house);
  const idle = connect(server.port, '127.0.0.1');
  await once(idle, 'connect');
  idle.write('GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(idle, 'data');

  const answer = fetch(`${server.url}/api/stream_chunks`, post({ text: 'a' }));
  await started.promise;
  const closed = server.close(20_000);
  await once(idle, 'close');
  await expect(fetch(`${server.url}/api/health`)).rejects.toThrow();
  gate.resolve();
  expect((await (await answer).json()).success).toBe(true);
  await closed;
  await server.close(0);
});

test('what still runs at the deadline is cut off and its work aborted', async () => {
  const house = await buildHouse();
  const started = deferred<void>();
  const ended = deferred<AbortSignal>();
  house.queue.beforeChunk = async (_, signal) => {
    started.resolve();
    await untilAborted(signal);
  };
  house.queue.onEnd = ended.resolve;
  const server = await listen(house);
  const answer = fetch(`${server.url}/api/stream_chunks`, post({ text: 'a' }));
  const cut = expect(answer).rejects.toThrow();
  await started.promise;
  await server.close(10);
  await cut;
  expect((await ended.promise).aborted).toBe(true);
});
