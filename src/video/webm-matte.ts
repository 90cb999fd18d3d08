import { bytesOf, type Element, element, numberIn, parent, parseElements, unsigned, writeElements } from './ebml.ts';

const ID = {
  segment: 0x18538067,
  info: 0x1549a966,
  tracks: 0x1654ae6b,
  trackNumber: 0xd7,
  maxBlockAdditionId: 0x55ee,
  video: 0xe0,
  alphaMode: 0x53c0,
  cluster: 0x1f43b675,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  blockAdditions: 0x75a1,
  blockMore: 0xa6,
  blockAddId: 0xee,
  blockAdditional: 0xa5,
  referenceBlock: 0xfb,
  cues: 0x1c53bb6b,
  cueClusterPosition: 0xf1,
  cueRelativePosition: 0xf0,
} as const;

/** In the fourth byte of a block: no other block is needed to decode it. */
const KEYFRAME = 0x80;
/** A block that is no keyframe names an earlier one, 40 ms before it; players look only whether there is one. */
const EARLIER = Uint8Array.of(256 - 40);
const PLACE_BYTES = 4;

/**
 * Gives every picture of a WebM of ffmpeg its matte, as the alpha channel that browsers play: VP9 of grey pictures in
 * each block's additions (the WebM project's "Alpha transparency" guidelines). Its index is moved to the front. Throws
 * RangeError when it is no such file or has more or fewer pictures than mattes.
 */
export function addMattes(webm: Uint8Array, mattes: readonly Uint8Array[]): Uint8Array {
  const [head, segment] = parseElements(webm);
  if (!head || segment?.id !== ID.segment || !segment.children) throw new RangeError('no WebM');
  const all = (id: number): Element[] => segment.children!.filter((child) => child.id === id);
  const track = all(ID.tracks)
    .flatMap(({ children = [] }) => children)
    .find(({ children = [] }) => children.some(({ id }) => id === ID.video));
  if (!track?.children) throw new RangeError('WebM without pictures');
  const number = numberIn(track.children.find(({ id }) => id === ID.trackNumber)!);
  declareAlpha(track);

  const clusters = all(ID.cluster);
  const rest = [...mattes];
  for (const cluster of clusters) {
    cluster.children = cluster.children!.map((block) => {
      if (block.id !== ID.simpleBlock || (block.data[0]! & 0x7f) !== number) return block;
      const matte = rest.shift();
      if (!matte) throw new RangeError(`WebM has more than ${mattes.length} pictures`);
      return withMatte(block, matte);
    });
  }
  if (rest.length) throw new RangeError(`WebM has ${rest.length} pictures fewer than mattes`);

  const cues = all(ID.cues);
  const front = [...all(ID.info), ...all(ID.tracks), ...cues];
  placeCues(cues, clusters, front);
  const written = [head, parent(ID.segment, [...front, ...clusters])];
  const out = new Uint8Array(written.reduce((sum, one) => sum + bytesOf(one), 0));
  writeElements(written, out, 0);
  return out;
}

function declareAlpha(track: Element): void {
  const video = track.children!.find(({ id }) => id === ID.video)!;
  video.children!.push(element(ID.alphaMode, Uint8Array.of(1)));
  track.children!.push(element(ID.maxBlockAdditionId, Uint8Array.of(1)));
}

/** A simple block as one with an addition. */
function withMatte({ data }: Element, matte: Uint8Array): Element {
  const block = data.slice();
  const flags = block[3]!;
  block[3] = flags & ~KEYFRAME;
  const more = [element(ID.blockAddId, Uint8Array.of(1)), element(ID.blockAdditional, matte)];
  return parent(ID.blockGroup, [
    element(ID.block, block),
    parent(ID.blockAdditions, [parent(ID.blockMore, more)]),
    ...(flags & KEYFRAME ? [] : [element(ID.referenceBlock, EARLIER)]),
  ]);
}

/** Lets the index point to where the clusters will be; `front` is what comes before them. */
function placeCues(cues: readonly Element[], clusters: readonly Element[], front: readonly Element[]): void {
  const positions = cues.flatMap(({ children = [] }) => children.flatMap((point) => point.children ?? []));
  const places = positions.flatMap((position) => (position.children ? [position] : []));
  const [first] = clusters;
  const wanted = places.map((position) => {
    position.children = position.children!.filter(({ id }) => id !== ID.cueRelativePosition);
    const place = position.children.find(({ id }) => id === ID.cueClusterPosition)!;
    const from = numberIn(place);
    place.data = new Uint8Array(PLACE_BYTES);
    return { place, from };
  });
  // Places count from the segment's payload: the first cue's cluster is the first cluster.
  const origin = first && wanted[0] ? first.at - wanted[0].from : 0;
  let at = front.reduce((sum, one) => sum + bytesOf(one), 0);
  for (const cluster of clusters) {
    for (const { place, from } of wanted) if (from + origin === cluster.at) place.data = unsigned(at, PLACE_BYTES);
    at += bytesOf(cluster);
  }
}

/** The frames of an IVF file, which is what ffmpeg writes a bare VP9 stream to. Throws RangeError when it is cut off. */
export function ivfFrames(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const frames: Uint8Array[] = [];
  for (let at = view.getUint16(6, true); at < file.length; ) {
    const size = view.getUint32(at, true);
    const start = at + 12;
    if (start + size > file.length) throw new RangeError('IVF file is cut off');
    frames.push(file.subarray(start, start + size));
    at = start + size;
  }
  return frames;
}
