import { BootError } from '../errors.ts';
import { voicesCommand } from './voices.ts';

voicesCommand()
  .parseAsync()
  .catch((error: unknown) => {
    const text = error instanceof BootError ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`voices: ${text}\n`);
    process.exitCode = 1;
  });
