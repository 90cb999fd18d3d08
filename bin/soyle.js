#!/usr/bin/env node
// Node 20 runs no TypeScript: tsx loads the sources as they are.
import { register } from 'tsx/esm/api';

register();
await import('../src/cli/main.ts');
