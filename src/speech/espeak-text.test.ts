import { describe, expect, it } from 'vitest';
import { escapeText } from './espeak-text.ts';

describe('escapeText', () => {
  it.each([
    ['a & b', 'a &amp; b'],
    ['&#1;&lt;', '&amp;#1;&amp;lt;'],
    ['раз <break time="9s"/> два', 'раз  break time="9s"/  два'],
    ['[[h@l]]', '((h@l]]'],
    ['a\0b\u0001100Sc\u001b', 'a b 100Sc '],
    ['\ud800a\udc00', ' a '],
    ['a\tb\r\nc\u00a0d', 'a\tb\r\nc\u00a0d'],
    ['\ue000 \uffff', '   '],
    ['😀 е\u0308 қ', '😀 е\u0308 қ'],
  ])('%j becomes %j', (text, ssml) => {
    expect(escapeText(text).ssml).toBe(ssml);
  });

  it('knows where every code point comes from', () => {
    expect(escapeText('😀&\u0301ә').offsets).toEqual([0, 2, 2, 2, 2, 2, 3, 4]);
  });

  it('cuts runs that espeak would drop the end of', () => {
    const { ssml, offsets } = escapeText(`${'ы'.repeat(120)} ${'&'.repeat(51)}`);
    expect(ssml.split(' ').map((word) => word.replaceAll('&amp;', '&').length)).toEqual([50, 50, 20, 50, 1]);
    expect(offsets[50]).toBe(50);
    expect(offsets[51]).toBe(50);
    expect(offsets[52]).toBe(51);
  });
});
