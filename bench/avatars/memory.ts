import { readFile } from 'node:fs/promises';

const SAMPLE_MS = 50;

/** Memory of processes, MB. */
export interface Peak {
  /** Of the process that prepares avatars and what it starts, such as ffmpeg. */
  preparing: number;
  /** Of the server itself. */
  server: number;
}

/** Watches a server until `stop`, which answers the most that was used. Linux only. */
export function watchMemory(pid: number): { stop(): Promise<Peak> } {
  const peak: Peak = { preparing: 0, server: 0 };
  let over = false;
  const watching = (async () => {
    while (!over) {
      peak.server = Math.max(peak.server, (await statusOf(pid))?.mb ?? 0);
      peak.preparing = Math.max(peak.preparing, await preparingOf(pid));
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    }
  })();
  return {
    async stop() {
      over = true;
      await watching;
      return peak;
    },
  };
}

async function preparingOf(server: number): Promise<number> {
  let sum = 0;
  for (const child of await childrenOf(server)) {
    const status = await statusOf(child);
    if (!status?.command.includes('prepare-child')) continue;
    sum += status.mb;
    for (const program of await childrenOf(child)) sum += (await statusOf(program))?.mb ?? 0;
  }
  return sum;
}

async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1').catch(() => '');
  return children.trim().split(' ').filter(Boolean).map(Number);
}

async function statusOf(pid: number): Promise<{ mb: number; command: string } | undefined> {
  try {
    const [status, command] = await Promise.all(
      ['status', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'latin1')),
    );
    return { mb: Number(/^VmRSS:\s+(\d+)/m.exec(status!)?.[1] ?? 0) / 1024, command: command! };
  } catch {
    return undefined;
  }
}
