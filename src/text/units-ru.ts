import type { Gender } from './numbers-ru.ts';

/** 1 рубль, 2 рубля, 5 рублей, к 5 рублям; `tail` is not declined («в час»). */
export interface RussianNoun {
  gender: Gender;
  one: string;
  few: string;
  many: string;
  dative: string;
  tail: string;
}

/** «км: m километр|а|ов|ам»: gender, stem, endings of few, many and dative; `~` stands where one has an ending too. */
function nouns(lines: string): [string, RussianNoun][] {
  return lines
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [tokens = '', description = ''] = line.trim().split(': ');
      const [gender, forms = '', tail = ''] = description.split(/^([mfn]) |, /).filter(Boolean) as [
        Gender,
        string,
        string,
      ];
      const [stem = '', one = '', few = '', many = '', dative = ''] = forms.split('|');
      const noun = { gender, one: stem + one, few: stem + few, many: stem + many, dative: stem + dative, tail };
      return tokens.split(' ').map((token): [string, RussianNoun] => [token.replaceAll('_', ' '), noun]);
    });
}

export const UNITS: ReadonlyMap<string, RussianNoun> = new Map(
  nouns(`
    %: m процент||а|ов|ам
    ‰: n промилле||||
    км km: m километр||а|ов|ам
    м m: m метр||а|ов|ам
    дм dm: m дециметр||а|ов|ам
    см cm: m сантиметр||а|ов|ам
    мм mm: m миллиметр||а|ов|ам
    км/ч km/h: m километр||а|ов|ам, в час
    м/с m/s: m метр||а|ов|ам, в секунду
    м² кв._м кв.м m²: m квадратн|ый метр|ых метра|ых метров|ым метрам
    км² кв._км кв.км km²: m квадратн|ый километр|ых километра|ых километров|ым километрам
    см² cm²: m квадратн|ый сантиметр|ых сантиметра|ых сантиметров|ым сантиметрам
    м³ куб._м куб.м m³: m кубическ|ий метр|их метра|их метров|им метрам
    га: m гектар||а|ов|ам
    кг kg: m килограмм||а|ов|ам
    г g гр: m грамм||а|ов|ам
    мг mg: m миллиграмм||а|ов|ам
    т: f тонн|а|ы||ам
    ц: m центнер||а|ов|ам
    л l: m литр||а|ов|ам
    мл ml: m миллилитр||а|ов|ам
    ч ч.: m час||а|ов|ам
    мин мин.: f минут|а|ы||ам
    с сек сек.: f секунд|а|ы||ам
    мс ms: f миллисекунд|а|ы||ам
    °: m градус||а|ов|ам
    °C °С ℃: m градус||а|ов|ам, Цельсия
    °F ℉: m градус||а|ов|ам, Фаренгейта
    Вт W: m ватт||а||ам
    кВт kW: m киловатт||а||ам
    МВт MW: m мегаватт||а||ам
    кВт·ч: m киловатт-час||а|ов|ам
    В V: m вольт||а||ам
    Гц Hz: m герц||а||ам
    кГц kHz: m килогерц||а||ам
    МГц MHz: m мегагерц||а||ам
    ГГц GHz: m гигагерц||а||ам
    Кб КБ KB kB: m килобайт||а||ам
    Мб МБ MB: m мегабайт||а||ам
    Гб ГБ GB: m гигабайт||а||ам
    Тб ТБ TB: m терабайт||а||ам
    Мбит/с Mbps: m мегабит||а||ам, в секунду
    Гбит/с Gbps: m гигабит||а||ам, в секунду
    дБ dB: m децибел||а||ам
    ккал kcal: f килокалори|я|и|й|ям
    л.с. л._с.: f лошадин|ая сила|ые силы|ых сил|ым силам
    чел. чел: m человек||а||ам
    шт. шт: f штук|а|и||ам
    px: m пиксел|ь|я|ей|ям
  `),
);

export const CURRENCIES: ReadonlyMap<string, RussianNoun> = new Map(
  nouns(`
    ₽ руб. руб р. RUB: m рубл|ь|я|ей|ям
    ₸ тг. тг KZT: m тенге||||
    $ USD: m доллар||а|ов|ам
    € EUR: m евро||||
    £ GBP: m фунт||а|ов|ам
    ¥ CNY: m юан|ь|я|ей|ям
    коп. коп: f копе|йка|йки|ек|йкам
    тиын: m тиын||а|ов|ам
    цент: m цент||а|ов|ам
    пенс: m пенс||а|ов|ам
  `),
);

export const CENTS: Readonly<Record<string, string>> = {
  рубль: 'коп',
  тенге: 'тиын',
  доллар: 'цент',
  евро: 'цент',
  фунт: 'пенс',
};

export const MULTIPLIERS: ReadonlyMap<string, RussianNoun> = new Map(
  nouns(`
    тыс. тыс: f тысяч|а|и||ам
    млн млн. миллион миллиона миллионов: m миллион||а|ов|ам
    млрд млрд. миллиард миллиарда миллиардов: m миллиард||а|ов|ам
    трлн трлн. триллион триллиона триллионов: m триллион||а|ов|ам
  `),
);
