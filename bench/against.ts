import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Runs the bench of another commit on this machine, now: numbers of another day or machine are no comparison. */
export async function benchAgainst(commit: string): Promise<Record<string, number>> {
  const tree = await mkdtemp(join(tmpdir(), 'soyle-against-'));
  const git = (...args: string[]) => execFileSync('git', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  git('worktree', 'add', '--detach', '--force', tree, commit);
  try {
    await symlink(resolve('node_modules'), join(tree, 'node_modules'));
    const json = join(tree, 'bench-against.json');
    execFileSync(process.execPath, ['--import', 'tsx', 'bench/main.ts', '--quiet', '--json', json], {
      cwd: tree,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const report = JSON.parse(await readFile(json, 'utf8')) as { here: Record<string, number> };
    return report.here;
  } finally {
    git('worktree', 'remove', '--force', tree);
    await rm(tree, { recursive: true, force: true });
  }
}
