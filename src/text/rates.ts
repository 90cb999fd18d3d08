import type { Grammar } from './grammar.ts';
import { endsSentence, isWordEnd, matchAt, type Piece } from './rewrite.ts';

const PER = /\/(\p{L}{1,12}[²³23]?)(\.?)/uy;

/** An amount with what it is per, as in «200 ₸/кг», "$5/month", «5 мг/л»; as it was when nothing of the kind follows. */
export function withRate(
  text: string,
  amount: Piece[],
  of: 'unit' | 'currency' | 'multiplier',
  grammar: Grammar,
): Piece[] {
  const start = amount.at(-1)!.end;
  const written = matchAt(PER, text, start);
  if (!written || !isWordEnd(text, start + written[0].length)) return amount;
  const name = written[1]!.replace(/2$/, '²').replace(/3$/, '³');
  const rate = grammar.per(name, of);
  if (!rate) return amount;
  // The point is the abbreviation's, and may end the sentence as well.
  const end = start + written[0].length;
  const stop = written[2] === '.' && endsSentence(text, end) ? '.' : '';
  if (rate.after !== undefined) return [...amount, { text: rate.after + stop, start, end }];
  const pieces = amount.map((piece, index) => (index > 0 ? piece : { ...piece, text: `${rate.before} ${piece.text}` }));
  return [...pieces.slice(0, -1), { ...pieces.at(-1)!, text: pieces.at(-1)!.text + stop, end }];
}
