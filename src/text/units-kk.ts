/** What a unit is called; a word before `…` goes before the number: «сағатына алпыс километр». */
function names(lines: string): [string, string][] {
  return lines
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [tokens = '', name = ''] = line.trim().split(': ');
      return tokens.split(' ').map((token): [string, string] => [token.replaceAll('_', ' '), name]);
    });
}

export const UNITS: ReadonlyMap<string, string> = new Map(
  names(`
    %: пайыз
    ‰: промилле
    км km: километр
    м m: метр
    дм: дециметр
    см cm: сантиметр
    мм mm: миллиметр
    км/сағ км/с км/ч km/h: сағатына … километр
    м/с m/s: секундына … метр
    м² ш.м ш._м кв._м m²: шаршы метр
    км² ш.км ш._км km²: шаршы километр
    см² cm²: шаршы сантиметр
    м³ текше_м m³: текше метр
    га: гектар
    кг kg: килограмм
    г g гр: грамм
    мг mg: миллиграмм
    т: тонна
    ц: центнер
    л l: литр
    мл ml: миллилитр
    сағ сағ.: сағат
    мин мин.: минут
    сек сек.: секунд
    мс ms: миллисекунд
    °: градус
    °C °С ℃: градус Цельсий
    °F ℉: градус Фаренгейт
    Вт W: ватт
    кВт kW: киловатт
    МВт MW: мегаватт
    В V: вольт
    Гц Hz: герц
    кГц kHz: килогерц
    МГц MHz: мегагерц
    ГГц GHz: гигагерц
    Кб КБ KB kB: килобайт
    Мб МБ MB: мегабайт
    Гб ГБ GB: гигабайт
    Тб ТБ TB: терабайт
    Мбит/с Mbps: секундына … мегабит
    Гбит/с Gbps: секундына … гигабит
    дБ dB: децибел
    ккал kcal: килокалория
    дана: дана
    px: пиксель
  `),
);

export const CURRENCIES: ReadonlyMap<string, string> = new Map(
  names(`
    ₸ тг. тг KZT: теңге
    ₽ руб. руб RUB: рубль
    $ USD: доллар
    € EUR: еуро
    £ GBP: фунт
    ¥ CNY: юань
    тиын: тиын
    цент: цент
    пенс: пенс
  `),
);

export const CENTS: Readonly<Record<string, string>> = {
  теңге: 'тиын',
  рубль: 'тиын',
  доллар: 'цент',
  еуро: 'цент',
  фунт: 'пенс',
};

export const MULTIPLIERS: ReadonlyMap<string, string> = new Map(
  names(`
    мың: мың
    млн млн. миллион: миллион
    млрд млрд. миллиард: миллиард
    трлн трлн. триллион: триллион
  `),
);
