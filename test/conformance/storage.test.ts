import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/log.ts';
import { createDiskStorage } from '../../src/storage/disk.ts';
import { describeStorage } from './storage.ts';

describeStorage('disk', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'soyle-outputs-'));
  return {
    storage: await createDiskStorage({ dir, log: silentLog }),
    close: () => rm(dir, { recursive: true }),
  };
});
