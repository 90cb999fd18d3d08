const words = (line: string): readonly string[] => line.split(' ');

const SMALL = words(
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
);
const TENS = words('twenty thirty forty fifty sixty seventy eighty ninety');
const SCALES = ['', 'thousand', 'million', 'billion', 'trillion', 'quadrillion'] as const;
const IRREGULAR: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

/** English words of an integer from 0 to 10^18: 123 → "one hundred twenty-three". */
export function cardinal(n: number): string {
  if (n === 0) return 'zero';
  const spoken: string[] = [];
  for (let scale = SCALES.length - 1; scale >= 0; scale--) {
    const group = Math.floor(n / 1000 ** scale) % 1000;
    if (group === 0) continue;
    if (group >= 100) spoken.push(SMALL[Math.floor(group / 100)]!, 'hundred');
    if (group % 100 > 0) spoken.push(underHundred(group % 100));
    if (scale > 0) spoken.push(SCALES[scale]!);
  }
  return spoken.join(' ');
}

function underHundred(n: number): string {
  if (n < 20) return SMALL[n]!;
  const tens = TENS[Math.floor(n / 10) - 2]!;
  return n % 10 === 0 ? tens : `${tens}-${SMALL[n % 10]}`;
}

/** 21 → "twenty-first". */
export function ordinal(n: number): string {
  return cardinal(n).replace(
    /[a-z]+$/,
    (last) => IRREGULAR[last] ?? (last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`),
  );
}

/** A year as it is said: 1990 → "nineteen ninety", 1905 → "nineteen oh five", 2005 → "two thousand five". */
export function year(n: number): string {
  const century = Math.floor(n / 100);
  const rest = n % 100;
  if (n < 1000 || n > 9999 || (century % 10 === 0 && rest < 10)) return cardinal(n);
  if (rest === 0) return `${cardinal(century)} hundred`;
  return `${cardinal(century)} ${rest < 10 ? `oh ${SMALL[rest]}` : underHundred(rest)}`;
}

/** 1990 → "nineteen nineties". */
export function decade(n: number): string {
  const spoken = year(n);
  return spoken.endsWith('y') ? `${spoken.slice(0, -1)}ies` : `${spoken}s`;
}
