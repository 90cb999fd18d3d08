/** What people, bots and attackers put into a text box. */
const PIECES = [
  ...['Привет', 'мир', 'ё', 'Объявление!', 'Сәлем', 'ғалым', 'құрметті', 'Өмір', 'hello', 'world', "don't", 'A.B.C.'],
  ...['😀', '👩‍👩‍👧', '🇰🇿', '✋🏽', '☎️', '𝕳𝖎'],
  ...['שלום', 'مرحبا', '\u202Eevil\u202C', '\u200F', '\u061C'],
  ...['0', '42', '3.14', '1e9', '+7 777 123-45-67', '٣٤', '½', '№5', '100%'],
  ...['<b>', '</speak>', '&amp;', '&', '<!--', ']]>', '<?xml?>', '{{x}}', '$(y)', '`rm -rf`', '[[', '[[h@loU]]'],
  ...['<break time="100s"/>', '<say-as interpret-as="characters">', '<audio src="file:///etc/passwd"/>', '<mark/>'],
  ...['\0', '\u0001', '\u0007', '\u001B[31m', '\u007F', '\u0085', '\uFEFF', '\uFFFD', '\uFFFF', '\uE000'],
  ...['\uD800', '\uDC00', 'a\uD83D', '\uDE00b', 'e\u0301\u0302\u0303', 'и\u0306', '\u0300'],
  ...[
    '...',
    '!?',
    '—',
    '«»',
    '"',
    "'",
    '\\',
    '/',
    '../../',
    '%00',
    ';',
    '|',
    '\r\n',
    '\t',
    '\u00A0',
    '\u3000',
    '漢字',
    'ไทย',
  ],
];

/** Up to `length` UTF-16 units of anything. */
export function randomText(random: () => number, length: number): string {
  let text = '';
  while (text.length < length) {
    text += PIECES[Math.floor(random() * PIECES.length)];
    if (random() < 0.6) text += ' ';
  }
  return text.slice(0, length);
}
