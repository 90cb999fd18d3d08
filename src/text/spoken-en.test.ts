import { describe, expect, it } from 'vitest';
import { normalize } from './spoken.ts';

const spoken = (text: string) =>
  normalize(text, 'en')
    .map((span) => span.text)
    .join('');

describe('English, spoken', () => {
  it.each([
    // Numbers
    ['0', 'zero'],
    ['13', 'thirteen'],
    ['21', 'twenty-one'],
    ['100', 'one hundred'],
    ['123 people', 'one hundred twenty-three people'],
    ['1,234,567', 'one million two hundred thirty-four thousand five hundred sixty-seven'],
    ['1 000 000', 'one million'],
    ['1000000000000000', 'one quadrillion'],
    ['12345678901234567', 'one two three four five six seven eight nine zero one two three four five six seven'],
    ['3.14', 'three point one four'],
    ['1,234.5', 'one thousand two hundred thirty-four point five'],
    ['-5', 'minus five'],
    ['− 5 or −7', '− five or minus seven'],
    ['007', 'zero zero seven'],
    ['5km', 'five kilometers'],
    ['in 1984', 'in nineteen eighty-four'],
    ['since 2005', 'since two thousand five'],
    ['until 2026.', 'until twenty twenty-six.'],
    ['1984 people', 'one thousand nine hundred eighty-four people'],
    ['the 1990s', 'the nineteen nineties'],
    ['the 80s', 'the eighties'],
    // Ordinals
    ['1st', 'first'],
    ['2nd', 'second'],
    ['3rd', 'third'],
    ['12th', 'twelfth'],
    ['21st century', 'twenty-first century'],
    ['the 100th', 'the one hundredth'],
    ['10-year', 'ten-year'],
    ['Henry VIII', 'Henry the eighth'],
    ['XIX century', 'nineteenth century'],
    ['World War II', 'World War two'],
    ['Chapter IV', 'Chapter four'],
    // Dates and times
    ['Nov 20, 2026', 'November twentieth, twenty twenty-six'],
    ['November 20', 'November twentieth'],
    ['20 November 2026', 'the twentieth of November, twenty twenty-six'],
    ['the 4th of July', 'the fourth of July'],
    ['2026-11-20', 'November twentieth, twenty twenty-six'],
    ['11/20/2026', 'November twentieth, twenty twenty-six'],
    ['20.11.2026', 'November twentieth, twenty twenty-six'],
    ['14:30', 'fourteen thirty'],
    ['7:05', 'seven oh five'],
    ['7:00', "seven o'clock"],
    ['7 pm', 'seven P M'],
    ['7 PM, 8 a.m. then', 'seven P M, eight A M then'],
    ['I met 3 Americans and 5 amazing people', 'I met three Americans and five amazing people'],
    ['2 AMD Ryzen, 4 PMs', 'two A M D Ryzen, four PMs'],
    ['at 7:30 a.m. today', 'at seven thirty A M today'],
    // Percent, money, units
    ['5%', 'five percent'],
    ['2.5 %', 'two point five percent'],
    ['$1', 'one dollar'],
    ['$5.99', 'five dollars and ninety-nine cents'],
    ['-$5', 'minus five dollars'],
    ['£2.50', 'two pounds and fifty pence'],
    ['€100', 'one hundred euros'],
    ['₸500', 'five hundred tenge'],
    ['$2.5M', 'two point five million dollars'],
    ['$3 billion', 'three billion dollars'],
    ['60 km/h', 'sixty kilometers per hour'],
    ['25°C', 'twenty-five degrees Celsius'],
    ['6 ft', 'six feet'],
    ['1 kg', 'one kilogram'],
    ['30 m²', 'thirty square meters'],
    ['16 GB', 'sixteen gigabytes'],
    ['5–7 miles', 'five to seven miles'],
    ['$5/kg', 'five dollars per kilogram'],
    ['$2.50/lb, $10/month', 'two dollars and fifty cents per pound, ten dollars per month'],
    ['₸200–300/hr.', 'two hundred to three hundred tenge per hour.'],
    ['$3M/yr, 5 mg/kg', 'three million dollars per year, five milligrams per kilogram'],
    ['$5–10M', 'five to ten million dollars'],
    ['10 MB/second, 5 min/max, 80s/early', 'ten megabytes per second, five minutes max, eighties early'],
    ['£5/US unit', 'five pounds U S unit'],
    // Telephone numbers, codes, fractions
    ['+1 555 123 4567', 'plus one, five five five, one two three, four five six seven'],
    ['555-123-4567', 'five five five, one two three, four five six seven'],
    ['192.168.0.1', 'one nine two dot one six eight dot zero dot one'],
    ['½', 'one half'],
    ['3/4 and 2/3', 'three quarters and two thirds'],
    ['1 1/2', 'one and a half'],
    ['3/4 kg, 1/2 l', 'three quarters of a kilogram, one half of a liter'],
    ['1/2 hr or 1 1/2 hr', 'one half of an hour or one and a half hours'],
    ['2½ km, ¾ %', 'two and a half kilometers, three quarters of a percent'],
    ['2:1', 'two to one'],
    ['a 7:5 ratio', 'a seven to five ratio'],
    ['16:9 and 2.35:1', 'sixteen to nine and two point three five to one'],
    ['mix 2:1:1, scale 1:50', 'mix two to one to one, scale one to fifty'],
    ['at 2:10', 'at two ten'],
    // Abbreviations, signs, addresses, acronyms
    ['Mr. Smith', 'Mister Smith'],
    ['Dr. No, e.g. him', 'Doctor No, for example him'],
    ['St. Paul on Main St. today', 'Saint Paul on Main Street today'],
    ['cats, dogs, etc. Then', 'cats, dogs, et cetera. Then'],
    ['No. 5', 'number five'],
    ['R&D', 'R and D'],
    ['2+2=4', 'two plus two equals four'],
    ['C++', 'C plus plus'],
    ['3 × 4', 'three times four'],
    ['#1 and #tag', 'number one and hashtag tag'],
    ['https://example.com/docs.', 'example dot com slash docs.'],
    ['me@example.org', 'me at example dot org'],
    ['BBC and NASA', 'B B C and NASA'],
    ['the USA, the UK', 'the U S A, the U K'],
    ['DO NOT GO THERE', 'do not go there'],
  ])('%j → %j', (text, words) => {
    expect(spoken(text)).toBe(words);
    expect(spoken(words)).toBe(words);
  });

  it('gives Cyrillic words to Russian and Kazakh voices', () => {
    const spans = normalize('She said «Привет, мир» and Сәлем, әлем!', 'en');
    expect(spans.map(({ language, text }) => [language, text])).toEqual([
      ['en', 'She said «'],
      ['ru', 'Привет, мир» '],
      ['en', 'and '],
      ['kk', 'Сәлем, әлем!'],
    ]);
  });
});
