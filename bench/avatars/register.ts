import { readFile } from 'node:fs/promises';
import type { AvatarReport } from '../../src/avatar/report.ts';
import { type Peak, watchMemory } from './memory.ts';
import type { TrialServer } from './server.ts';

/** What became of a file that was sent. */
export interface Registered {
  id: string;
  /** From the request to its answer, and to the avatar being ready or refused, ms. */
  answeredMs: number;
  doneMs: number;
  peak: Peak;
  status: number;
  /** Why it was refused, of the catalogue of errors, and as a person reads it. */
  code?: string;
  error?: string;
  width?: number;
  height?: number;
  report?: AvatarReport;
}

interface Details extends Pick<Registered, 'code' | 'error' | 'width' | 'height' | 'report'> {
  state: string;
}

/** Sends a file as a page would and waits until it is an avatar or is refused. */
export async function register(server: TrialServer, path: string, id: string): Promise<Registered> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ id, consent: 'true' })) form.set(name, value);
  form.set('file', new Blob([await readFile(path)]), 'file');
  const memory = watchMemory(server.pid);
  const start = performance.now();
  const answer = await fetch(`${server.url}/api/avatars`, { method: 'POST', body: form, headers: ENGLISH });
  let details = (await answer.json()) as Details;
  const answeredMs = performance.now() - start;
  if (answer.status === 202) details = await ready(server, id);
  const doneMs = performance.now() - start;
  const peak = await memory.stop();
  if (details.state === 'ready') {
    details = (await (await fetch(`${server.url}/api/avatars/${id}`)).json()) as Details;
  }
  const { code, error, width, height, report } = details;
  return { id, answeredMs, doneMs, peak, status: answer.status, code, error, width, height, report };
}

const ENGLISH = { 'accept-language': 'en' };

/** Follows the events of a preparation to the last one. */
async function ready({ url }: TrialServer, id: string): Promise<Details> {
  const events = await (await fetch(`${url}/api/avatars/${id}/events`, { headers: ENGLISH })).text();
  const last = events
    .trim()
    .split('\n\n')
    .findLast((event) => event.includes('data:'));
  return JSON.parse(/^data: ?(.*)$/m.exec(last ?? '')?.[1] ?? '{}') as Details;
}
