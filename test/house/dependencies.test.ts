import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}
interface Lock {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>;
}

describe('the dependencies', () => {
  const manifest = JSON.parse(read('package.json')) as Manifest;
  const direct = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });

  it.each(direct)('THIRD_PARTY.md names %s', (name) => {
    expect(read('THIRD_PARTY.md')).toContain(`\`${name}\``);
  });

  // npm 11 refuses `npm ci` when the builds of a package for other platforms are not in the lock file.
  it('are locked for every platform', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as Lock;
    const optional = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    const locked = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
    expect(optional.filter((name) => !locked.has(name))).toEqual([]);
  });
});
