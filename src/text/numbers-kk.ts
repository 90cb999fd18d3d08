const UNITS = ['', 'бір', 'екі', 'үш', 'төрт', 'бес', 'алты', 'жеті', 'сегіз', 'тоғыз'] as const;
const TENS = ['', 'он', 'жиырма', 'отыз', 'қырық', 'елу', 'алпыс', 'жетпіс', 'сексен', 'тоқсан'] as const;
const SCALES = ['', 'мың', 'миллион', 'миллиард', 'триллион', 'квадриллион'] as const;

/** Kazakh words of an integer from 0 to 10^18. */
export function cardinal(n: number): string {
  if (n === 0) return 'нөл';
  const words: string[] = [];
  for (let scale = SCALES.length - 1; scale >= 0; scale--) {
    const group = Math.floor(n / 1000 ** scale) % 1000;
    if (group === 0) continue;
    const hundreds = Math.floor(group / 100);
    if (hundreds > 0) words.push(hundreds > 1 ? UNITS[hundreds]! : '', 'жүз');
    words.push(TENS[Math.floor(group / 10) % 10]!, UNITS[group % 10]!, SCALES[scale]!);
  }
  return words.filter((word) => word !== '').join(' ');
}

/** «Бірінші», «жиырмасыншы», «қырқыншы», «екі мың жиырма алтыншы». */
export function ordinal(n: number): string {
  return cardinal(n).replace(/\S+$/, (last) => {
    if (last === 'жиырма') return 'жиырмасыншы';
    if (last === 'қырық') return 'қырқыншы';
    if (last === 'елу') return 'елуінші';
    if (/[ыі]$/.test(last)) return `${last}н${last.endsWith('ы') ? 'шы' : 'ші'}`;
    return last + (/[аоұы][^аәеоөұүыі]*$/.test(last) ? 'ыншы' : 'інші');
  });
}
