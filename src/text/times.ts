import type { Grammar } from './grammar.ts';
import { contextOf, isWordEnd, matchAt, type Piece } from './rewrite.ts';

const CLOCK = /([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?!\d|:\d)/y;
const HALF_OF_DAY = /[ \u00a0]?([apAP])\.?[mM](?![\p{L}\p{N}])(?:\.(?!\s+\p{Lu}|\s*$))?/uy;
const HOUR = /(?:1[0-2]|[1-9])(?=[ \u00a0]?[ap]\.?m(?![\p{L}\p{N}]))/iuy;
const SUFFIX = /-(\p{L}{2,4})/uy;

/** 14:30, 9:05:10, 7:30 pm, 7 p.m. */
export function timeAt(text: string, at: number, grammar: Grammar): Piece[] | undefined {
  const clock = matchAt(CLOCK, text, at);
  const hour = clock ? null : matchAt(HOUR, text, at);
  const found = clock ?? hour;
  if (!found) return undefined;
  const end = at + found[0].length;
  const half = matchAt(HALF_OF_DAY, text, end);
  const [hours, minutes] = [Number(clock?.[1] ?? hour![0]), Number(clock?.[2] ?? 0)];
  const seconds = clock?.[3] === undefined ? undefined : Number(clock[3]);
  const context = contextOf(text, at, end);
  const spoken =
    half && minutes === 0 && seconds === undefined
      ? grammar.number(
          { start: at, end: at, negative: false, integer: String(hours), fraction: '' },
          { before: '', after: [] },
        )
      : grammar.time(hours, minutes, seconds, context);
  if (half) {
    const halfWords = {
      text: `${half[1]!.toUpperCase()} M`,
      start: end,
      end: end + half[0].length,
      language: 'en' as const,
    };
    return [{ text: spoken, start: at, end }, halfWords];
  }
  const suffix = grammar.language === 'kk' ? matchAt(SUFFIX, text, end) : null;
  if (suffix && isWordEnd(text, end + suffix[0].length)) {
    return [{ text: grammar.joined(spoken, suffix[1]!), start: at, end: end + suffix[0].length }];
  }
  return [{ text: spoken, start: at, end }];
}
