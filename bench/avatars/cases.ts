/** What the inputs of the trial are, in the order of the table; files without an entry come last, by name. */
export const CASES: Readonly<Record<string, string>> = {
  'glasses.jpg': 'glasses',
  'beard.jpg': 'full beard',
  'child.jpg': 'child',
  'profile.jpg': 'profile, head turned by 42°',
  'several.jpg': 'three people',
  'no-face.png': 'no face, a plain colour',
  'painting.jpg': 'painting',
  'cartoon.png': 'cartoon of plain shapes',
  'photo-4k.jpg': 'photo, 3840 × 2160',
  'photo-1080p.jpg': 'photo, 1920 × 1080',
  'photo-512.png': 'photo, 512 × 512',
  'tiny.jpg': 'photo, 90 × 36',
  'blurred.jpg': 'photo out of focus',
  'cmyk.jpg': 'JPEG in CMYK',
  'exif-turned.jpg': 'photo that only EXIF turns upright',
  'upside-down.jpg': 'photo upside down',
  'video-60fps.mp4': 'video, 60 fps',
  'video-vfr.mp4': 'video, variable rate',
  'video-phone.mp4': 'phone’s video, turned by its metadata',
  'video-720p-10s.mp4': 'video, 1280 × 720, 10 s',
  'animated.gif': 'animated GIF, 320 pixels, 10 fps',
  'truncated.jpg': 'photo cut in half',
  'truncated.mp4': 'video cut in half',
  'bomb-30000.png': 'PNG of 30,000 × 30,000 in 2.6 MB',
  'playlist.mp4': 'HLS playlist called .mp4',
  'ffconcat.mp4': 'ffconcat list called .mp4',
  'drawing.png': 'SVG called .png',
  'polyglot.mp4': 'MP4 header, then a playlist',
  'polyglot.gif': 'GIF that is a playlist too',
  'polyglot.png': 'good PNG, then a script and a list',
  'empty.png': 'empty file',
};

/** The files that can be registered are what is not another's leftover. */
export const isInput = (name: string): boolean => name !== 'lying.mp4' && !name.startsWith('.');

/** In the table's order. */
export function inOrder(names: readonly string[]): string[] {
  const known = Object.keys(CASES);
  const rank = (name: string): number => (known.includes(name) ? known.indexOf(name) : known.length);
  return [...names].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
