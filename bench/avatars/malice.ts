import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TrialServer } from './server.ts';

const UP = '../../bait';

/** A request that names a way out of the avatar's folder, and its answer. */
export interface Climb {
  what: string;
  status: number;
  code: string;
}

/** Sends `../` in every field and path where text is taken. What is accepted as a mere word is deleted again. */
export async function climbOut({ url }: TrialServer, picture: string): Promise<Climb[]> {
  const file = await readFile(picture);
  const climbs: Climb[] = [];
  const ask = async (what: string, path: string, init?: RequestInit): Promise<void> => {
    const answer = await fetch(`${url}${path}`, init);
    const type = answer.headers.get('content-type') ?? '';
    const body = type.includes('json') ? ((await answer.json()) as { code?: string; id?: string }) : {};
    climbs.push({ what, status: answer.status, code: body.code ?? '' });
    if (answer.status === 202 && body.id) await fetch(`${url}/api/avatars/${body.id}`, { method: 'DELETE' });
  };
  const upload = (fields: Record<string, string>, name = 'face.png'): RequestInit => {
    const form = new FormData();
    for (const [field, value] of Object.entries({ consent: 'true', ...fields })) form.set(field, value);
    form.set('file', new Blob([file]), name);
    return { method: 'POST', body: form };
  };
  for (const field of ['id', 'name', 'face', 'idle', 'licence', 'origin', 'consent']) {
    await ask(`form, \`${field}\``, '/api/avatars', upload({ [field]: UP }));
  }
  await ask('form, name of the file', '/api/avatars', upload({}, '../../../bait.png'));
  const say = (field: string): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'Hi', language: 'en', [field]: UP }),
  });
  for (const field of ['avatar', 'model', 'voice', 'background', 'resolution', 'crop', 'format']) {
    await ask(`\`/api/generate\`, \`${field}\``, '/api/generate', say(field));
  }
  const encoded = encodeURIComponent(UP);
  await ask('`GET /api/avatar?id=`', `/api/avatar?id=${encoded}`);
  for (const path of ['', '/preview', '/idle.mp4', '/events']) {
    await ask(`\`GET /api/avatars/…${path}\``, `/api/avatars/${encoded}${path}`);
  }
  await ask('`DELETE /api/avatars/…`', `/api/avatars/${encoded}`, { method: 'DELETE' });
  return climbs;
}

/** An address on this machine that counts who asks. */
export async function openBait(): Promise<{ url: string; asked(): number; close(): void }> {
  let asked = 0;
  const server = createServer((_, answer) => {
    asked++;
    answer.end('bait');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/bait.ts`, asked: () => asked, close: () => server.close() };
}

/** Every file below a folder with a hash of what it holds; `ids` are avatars that may come and go. */
export async function snapshot(dir: string, ids: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const mayChange = ids.some((id) => path.startsWith(join(dir, 'avatars', id)));
    if (entry.isFile() && !mayChange)
      found.set(
        path,
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      );
  }
  return found;
}
