// A worker thread of Node 20 does not take over the main thread's TypeScript loader: it gets its own.
import { register } from 'tsx/esm/api';

register();
const { default: run } = await import('./worker.ts');
export default run;
