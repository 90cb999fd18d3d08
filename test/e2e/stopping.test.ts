import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Program, start } from './program.ts';

/** What main.ts promises, and a little for this process to notice. */
const STOPS_WITHIN_MS = 10_500;
/** The two seconds for farewells, and some for a busy machine. */
const AT_ONCE_MS = 5000;
/** Minutes of speech: nothing finishes this by itself. */
const LONG = 'Ночь, улица, фонарь, аптека, бессмысленный и тусклый свет. '.repeat(150);

interface Server {
  program: Program;
  url: string;
  outputDir: string;
}

const launch = (outputDir: string, env: Record<string, string> = {}): Program =>
  start(['--import', 'tsx', 'src/main.ts'], {
    env: { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info', EXECUTION_PROVIDERS: 'cpu', OUTPUT_DIR: outputDir, ...env },
  });

async function outputs(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'soyle-stopping-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function readyServer(): Promise<Server> {
  const outputDir = await outputs();
  const program = launch(outputDir);
  const ready = await logged(program, 'ready');
  return { program, url: (JSON.parse(ready) as { url: string }).url, outputDir };
}

/** The first line that a server logs whose message begins so. */
async function logged(program: Program, message: string): Promise<string> {
  return vi.waitFor(
    () => {
      const line = program.stderr.split('\n').find((text) => text.includes(`"msg":"${message}`));
      if (!line) throw new Error(`no "${message}" in:\n${program.stderr}`);
      return line;
    },
    { timeout: 30_000 },
  );
}

/** Asks for a text as server-sent events. */
function listen({ url }: Server, text: string) {
  const heard = { events: '', end: Promise.resolve() };
  const read = async (): Promise<void> => {
    const answer = await fetch(`${url}/api/stream_chunks`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
      body: JSON.stringify({ text, chunk_size: 5 }),
    });
    for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) heard.events += part;
  };
  heard.end = read();
  return heard;
}

/** Asks for minutes of speech and reads only what the network pushes on it. */
function deafClient({ url }: Server): Socket {
  const body = JSON.stringify({ text: LONG });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.once('data', () => socket.pause());
  socket.write(
    `POST /stream-tts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  return socket;
}

const speaking = (heard: { events: string }) =>
  vi.waitFor(() => expect(heard.events).toContain('event: chunk'), { timeout: 30_000 });

/** The next chunk's ffmpeg runs: until it does, it is still on its way out of the terminal's process group. */
const encoding = (program: Program) =>
  vi.waitFor(async () => expect((await program.processes()).join('\n')).toContain('libx264'), {
    timeout: 10_000,
    interval: 5,
  });

/** Data of the last event. */
const lastEvent = ({ events }: { events: string }) => {
  const [, type, data] = /event: (\w+)\ndata: (.*)$/.exec(events.trim().split('\n\n').at(-1) ?? '') ?? [];
  return { type, ...(JSON.parse(data ?? '{}') as object) };
};

const noProcessLeft = (program: Program) =>
  vi.waitFor(async () => expect(await program.processes()).toEqual([]), { timeout: 5000 });
const scratchFiles = async (dir: string) => (await readdir(dir)).filter((name) => name.startsWith('.'));

describe('a server told to stop', () => {
  it.each<[string, (program: Program) => void]>([
    ['by a service manager', (program) => program.kill('SIGTERM')],
    ['by Ctrl-C in its terminal', (program) => program.interrupt('SIGINT')],
  ])('%s lets running answers finish, takes no new ones, and exits', async (_, stop) => {
    const server = await readyServer();
    const heard = listen(server, `раз два три четыре пять. ${'достопримечательности '.repeat(5)}`);
    await speaking(heard);
    await encoding(server.program);
    stop(server.program);
    await logged(server.program, 'stopping');
    await expect(fetch(`${server.url}/api/health`)).rejects.toThrow();
    await heard.end;
    expect(heard.events.match(/"video_url"/g)).toHaveLength(2);
    expect(lastEvent(heard)).toMatchObject({ type: 'done', success: true, total_chunks: 2 });
    expect(await server.program.exit).toEqual({ code: 0, signal: null });
    expect(await scratchFiles(server.outputDir)).toEqual([]);
    await noProcessLeft(server.program);
  });

  it('tells the client of an endless answer that it stops, and exits in time without leftovers', async () => {
    const server = await readyServer();
    const heard = listen(server, LONG);
    await speaking(heard);
    expect((await server.program.processes()).length).toBeGreaterThan(1);
    const told = performance.now();
    server.program.kill('SIGTERM');
    await heard.end;
    expect(lastEvent(heard)).toMatchObject({ type: 'error', code: 'stopping' });
    expect(await server.program.exit).toEqual({ code: 0, signal: null });
    expect(performance.now() - told).toBeLessThan(STOPS_WITHIN_MS);
    expect(await scratchFiles(server.outputDir)).toEqual([]);
    await noProcessLeft(server.program);
  });

  it.each([
    [1, STOPS_WITHIN_MS],
    [2, AT_ONCE_MS],
  ])('told %i times, does not wait longer than it says for clients that read nothing', async (times, withinMs) => {
    const server = await readyServer();
    const clients = Array.from({ length: 4 }, () => deafClient(server));
    await vi.waitFor(() => expect(clients.every(({ bytesRead }) => bytesRead > 0)).toBe(true), { timeout: 30_000 });
    const told = performance.now();
    server.program.kill('SIGINT');
    const { answersMs, withinMs: promisedMs } = JSON.parse(await logged(server.program, 'stopping'));
    expect([answersMs, promisedMs]).toEqual([7000, 10_000]);
    if (times === 2) server.program.kill('SIGINT');
    expect(await server.program.exit).toEqual({ code: 0, signal: null });
    expect(performance.now() - told).toBeLessThan(withinMs);
    await noProcessLeft(server.program);
  });

  it('told a second time, stops at once and still says so to the client of an endless answer', async () => {
    const server = await readyServer();
    const heard = listen(server, LONG);
    await speaking(heard);
    server.program.kill('SIGINT');
    await logged(server.program, 'stopping');
    const told = performance.now();
    server.program.kill('SIGINT');
    await heard.end;
    expect(lastEvent(heard)).toMatchObject({ type: 'error', code: 'stopping' });
    expect(await server.program.exit).toEqual({ code: 0, signal: null });
    expect(performance.now() - told).toBeLessThan(AT_ONCE_MS);
    expect(await scratchFiles(server.outputDir)).toEqual([]);
    await noProcessLeft(server.program);
  });

  it('takes its children along even when it is killed', async () => {
    const server = await readyServer();
    const heard = listen(server, LONG);
    const broken = expect(heard.end).rejects.toThrow();
    await speaking(heard);
    server.program.kill('SIGKILL');
    await broken;
    await noProcessLeft(server.program);
  });

  it('stops while it is loading', async () => {
    const dir = await outputs();
    const program = launch(dir);
    await logged(program, 'listening');
    program.kill('SIGTERM');
    expect(await program.exit).toEqual({ code: 0, signal: null });
    expect(await readdir(dir)).toEqual([]);
    await noProcessLeft(program);
  });
});

describe('a server that cannot start', () => {
  it('names the port that is taken and the cure, and exits with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const program = launch(await outputs(), { PORT: String(port) });
    expect(await program.exit).toEqual({ code: 1, signal: null });
    expect(program.stderr).toMatch(new RegExp(`^Söyle cannot start\\. Port ${port} .* is taken: .*set PORT to .*\\n$`));
    await noProcessLeft(program);
  });

  it('names an avatar that is not there, and exits with 1', async () => {
    const program = launch(await outputs(), { AVATAR: 'nobody', LOG_LEVEL: 'fatal' });
    expect(await program.exit).toEqual({ code: 1, signal: null });
    expect(program.stderr).toMatch(/^Söyle cannot start\. .*nobody.*\n$/);
    await noProcessLeft(program);
  });
});
