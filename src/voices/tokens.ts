/** A symbol and its number. Of the space only the number is written, as sherpa-onnx does. */
const LINE = /^(?:(\S+) )?\s*(\d+)$/;
/** Written by Coqui's exporter, skipped by sherpa-onnx. */
const BLANK = '<BLNK>';

/** The tokens.txt of a Piper voice, from its configuration's `phoneme_id_map`. */
export function writeTokens(phonemeIds: Readonly<Record<string, readonly number[]>>): string {
  return Object.entries(phonemeIds)
    .filter(([symbol]) => isOneCharacter(symbol) && symbol !== '\n')
    .map(([symbol, [id]]) => `${symbol} ${id}\n`)
    .join('');
}

export interface TokenRules {
  /** Symbols that have to be there. */
  required?: readonly string[];
  /** Whether every symbol is one character: a phoneme of espeak-ng or a letter. */
  characters: boolean;
}

/** What sherpa-onnx would end the process for; nothing when it reads the file. */
export function faultInTokens(text: string, { required = [], characters }: TokenRules): string | undefined {
  const seen = new Set<string>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line === '') continue;
    const match = LINE.exec(line);
    if (!match) return `line ${i + 1} is not a symbol and its number`;
    const symbol = match[1] ?? ' ';
    if (characters && symbol !== BLANK && !isOneCharacter(symbol)) return `line ${i + 1} has more than one character`;
    if (seen.has(symbol)) return `line ${i + 1} has a symbol for the second time`;
    seen.add(symbol);
  }
  if (seen.size === 0) return 'it is empty';
  const missing = required.find((symbol) => !seen.has(symbol));
  return missing === undefined ? undefined : `the symbol "${missing}" is missing`;
}

const isOneCharacter = (text: string): boolean => [...text].length === 1;
