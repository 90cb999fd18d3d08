import { type Box, find, viewOf } from './boxes.ts';

/** Full boxes begin with version and flags, then most tables with a count. */
const COUNT = 4;
const ROWS = 8;

/** Rows of a table of `width` 32-bit numbers. */
function rowsOf({ data }: Box, width: number): number[][] {
  const view = viewOf(data);
  return Array.from({ length: view.getUint32(COUNT) }, (_, row) =>
    Array.from({ length: width }, (_, column) => view.getUint32(ROWS + 4 * (row * width + column))),
  );
}

function setRows(box: Box, rows: readonly number[][]): void {
  const numbers = rows.flat();
  const data = new Uint8Array(ROWS + 4 * numbers.length);
  data.set(box.data.subarray(0, COUNT));
  const view = viewOf(data);
  view.setUint32(COUNT, rows.length);
  for (const [i, number] of numbers.entries()) view.setUint32(ROWS + 4 * i, number);
  box.data = data;
}

/** Sum of all sample durations of a track, ticks of its own clock. */
export function sampleDurations(track: Box): number {
  const times = rowsOf(find(track, 'mdia', 'minf', 'stbl', 'stts'), 2);
  return times.reduce((sum, [count, delta]) => sum + count! * delta!, 0);
}

/**
 * Takes the first sample out of a track's tables; its bytes stay unused in the media. Throws RangeError unless the
 * sample lasts `duration` ticks and others follow.
 */
export function dropFirstSample(track: Box, duration: number): void {
  const table = find(track, 'mdia', 'minf', 'stbl');
  const times = find(table, 'stts');
  const [first, ...later] = rowsOf(times, 2);
  if (!first || first[1] !== duration) throw new RangeError(`MP4 sample does not last ${duration} ticks`);
  setRows(times, withoutOne(first, later));
  const size = dropSize(find(table, 'stsz'));
  dropFromChunks(find(table, 'stsc'), find(table, 'stco'), size);
  const groups = table.children?.find(({ type }) => type === 'sbgp');
  if (groups) dropFromGroups(groups);
}

/** Rows that begin with a count of samples, one sample fewer. */
const withoutOne = ([count, ...rest]: number[], later: number[][]): number[][] =>
  count! > 1 ? [[count! - 1, ...rest], ...later] : later;

/** `stsz`: a size for all (0: each its own), a count, the sizes. Answers the size that went. */
function dropSize(sizes: Box): number {
  const view = viewOf(sizes.data);
  const common = view.getUint32(4);
  const count = view.getUint32(8);
  if (count < 2) throw new RangeError('MP4 track of a single sample');
  view.setUint32(8, count - 1);
  if (common) return common;
  const size = view.getUint32(12);
  const data = new Uint8Array(sizes.data.length - 4);
  data.set(sizes.data.subarray(0, 12));
  data.set(sizes.data.subarray(16), 12);
  sizes.data = data;
  return size;
}

/** Chunks (`stsc`: runs of [first chunk, samples in each, description], `stco`: their places). */
function dropFromChunks(runs: Box, places: Box, size: number): void {
  const [run, ...laterRuns] = rowsOf(runs, 3);
  const [place, ...laterPlaces] = rowsOf(places, 1);
  const [, samples, description] = run!;
  const runEnds = laterRuns[0]?.[0] ?? laterPlaces.length + 2;
  if (samples === 1) {
    // The chunk goes altogether and every later one moves up by one.
    const moved = laterRuns.map(([chunk, ...rest]) => [chunk! - 1, ...rest]);
    setRows(places, laterPlaces);
    setRows(runs, runEnds > 2 ? [run!, ...moved] : moved);
    return;
  }
  const rest = runEnds > 2 ? [[2, samples!, description!]] : [];
  setRows(places, [[place![0]! + size], ...laterPlaces]);
  setRows(runs, [[1, samples! - 1, description!], ...rest, ...laterRuns]);
}

/** `sbgp` of version 0: a grouping type, then runs of [samples, group]. */
function dropFromGroups(groups: Box): void {
  const view = viewOf(groups.data);
  view.setUint32(12, view.getUint32(12) - 1);
}
