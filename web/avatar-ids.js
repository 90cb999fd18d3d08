const LONGEST = 64;

/** Letters of Russian and Kazakh in Latin ones. */
const LETTERS = new Map(
  Object.entries({
    ...{ а: 'a', ә: 'a', б: 'b', в: 'v', г: 'g', ғ: 'g', д: 'd', е: 'e', ё: 'e', ж: 'zh', з: 'z', и: 'i', й: 'i' },
    ...{ к: 'k', қ: 'q', л: 'l', м: 'm', н: 'n', ң: 'n', о: 'o', ө: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u' },
    ...{ ұ: 'u', ү: 'u', ф: 'f', х: 'h', һ: 'h', ц: 'ts', ч: 'ch', ш: 'sh', щ: 'sh', ъ: '', ы: 'y', і: 'i', ь: '' },
    ...{ э: 'e', ю: 'yu', я: 'ya' },
  }),
);

/**
 * An id for an avatar of that name, `^[a-z0-9][a-z0-9_-]{0,63}$`, or '' where none of its letters can be one's.
 *
 * @param {string} name
 * @param {ReadonlySet<string>} taken ids that there are
 */
export function idOf(name, taken) {
  const latin = [...name.toLowerCase()].map((letter) => LETTERS.get(letter) ?? letter).join('');
  const plain = latin.normalize('NFD').replace(/\p{M}/gu, '');
  const id = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  const room = LONGEST - 3;
  const base = id.slice(0, room).replace(/-$/, '');
  if (!base) return '';
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(candidate)) return candidate;
  }
}
