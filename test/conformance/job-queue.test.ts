import { createMemoryQueue } from '../../src/jobs/memory.ts';
import { describeJobQueue } from './job-queue.ts';

describeJobQueue('memory', createMemoryQueue);
