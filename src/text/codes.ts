import type { Grammar } from './grammar.ts';
import { isDigit, matchAt, type Piece } from './rewrite.ts';

const INTERNATIONAL =
  /\+\d{1,15}(?:[ \u00a0-]?\(\d{1,5}\)|[ \u00a0-]\d{2,7}){0,6}[ \u00a0-]?(?:\d{2,7}(?:[ \u00a0-]\d{2,4}){0,3})?/y;
const NATIONAL = /8[ \u00a0-]?\(?[3-9]\d{2}\)?[ \u00a0-]?\d{3}[ \u00a0-]?\d{2}[ \u00a0-]?\d{2}(?!\d)/y;
const DASHED = /\d{1,7}(?:-\d{1,7}){2,6}(?![\d-])/y;
const POINTED = /\d{1,5}(?:\.\d{1,5}){2,5}(?!\.?\d)/y;
/** Digits of a number of the +7 numbering plan, and how they are grouped when written without spaces. */
const PLAN = /^\+?[78](\d{3})(\d{3})(\d{2})(\d{2})$/;

/** Telephone numbers, read in the groups they are written in. */
export function phoneAt(text: string, at: number, grammar: Grammar): Piece[] | undefined {
  if (isDigit(text[at - 1])) return undefined;
  const written = (matchAt(INTERNATIONAL, text, at) ?? matchAt(NATIONAL, text, at))?.[0];
  if (!written) return undefined;
  const groups = [...written.matchAll(/\+?\d+/g)].map(({ 0: digits, index }) => ({ digits, start: at + index }));
  const count = written.replace(/\D/g, '').length;
  if (count < 10 || count > 15) return undefined;
  const plain = groups.length === 1 ? PLAN.exec(written) : null;
  if (plain) {
    const lead = written.slice(0, -10);
    return groupPieces([lead, ...plain.slice(1)], at, grammar);
  }
  return joinGroups(groups, at + written.trimEnd().length, grammar);
}

/** Codes of three or more groups: 123-45-67, 1.2.3, 192.168.0.1. */
export function codeAt(text: string, at: number, grammar: Grammar): Piece[] | undefined {
  if (isDigit(text[at - 1])) return undefined;
  const dashed = matchAt(DASHED, text, at)?.[0];
  if (dashed) {
    const groups = [...dashed.matchAll(/\d+/g)].map(({ 0: digits, index }) => ({ digits, start: at + index }));
    return joinGroups(groups, at + dashed.length, grammar);
  }
  const pointed = matchAt(POINTED, text, at)?.[0];
  // 1.000.000 is one number, unless it could only be an address.
  if (!pointed || (/^\d{1,3}(?:\.\d{3})+$/.test(pointed) && pointed.split('.').length !== 4)) return undefined;
  const spoken = pointed.split('.').map((digits) => grammar.phone(digits));
  return [{ text: spoken.join(` ${grammar.signs.point} `), start: at, end: at + pointed.length }];
}

function groupPieces(groups: readonly string[], at: number, grammar: Grammar): Piece[] {
  let start = at;
  const placed = groups.map((digits) => {
    const group = { digits, start };
    start += digits.length;
    return group;
  });
  return joinGroups(placed, start, grammar);
}

/** Every group a piece that reaches up to the next one, with a short pause between them. */
function joinGroups(groups: readonly { digits: string; start: number }[], end: number, grammar: Grammar): Piece[] {
  return groups.map(({ digits, start }, index) => {
    const next = groups[index + 1]?.start;
    const plus = digits.startsWith('+') ? `${grammar.signs.plus} ` : '';
    const words = plus + grammar.phone(digits.replace('+', ''));
    return {
      text: next === undefined ? words : `${words},`,
      start,
      end: next === undefined ? end : start + digits.length,
    };
  });
}
