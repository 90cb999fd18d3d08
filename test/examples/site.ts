import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';

const TYPES: Record<string, string> = { '.webm': 'video/webm', '.js': 'text/javascript' };

/** A web site that is not ours. */
export interface Site {
  /** `http://127.0.0.1:<port>`: for a browser another site than `http://localhost:<other port>`. */
  url: string;
  /** Publishes a page, or the bytes of a local file, and answers its address. */
  page(name: string, html: string): string;
  file(name: string, path: string): string;
  close(): Promise<void>;
}

export async function openSite(): Promise<Site> {
  const answers = new Map<string, (response: ServerResponse) => unknown>();
  const server = createServer((request, response) => {
    const answer = answers.get(request.url ?? '');
    // A browser asks for an icon on its own, and would complain of a 404 in its console.
    if (answer) answer(response);
    else response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const publish = (name: string, answer: (response: ServerResponse) => unknown) => {
    answers.set(`/${name}`, answer);
    return `${url}/${name}`;
  };
  return {
    url,
    page: (name, html) =>
      publish(name, (response) => response.setHeader('Content-Type', 'text/html; charset=utf-8').end(html)),
    file: (name, path) =>
      publish(name, async (response) =>
        response.setHeader('Content-Type', TYPES[extname(name)] ?? 'video/mp4').end(await readFile(path)),
      ),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
