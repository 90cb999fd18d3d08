/** Singular, plural and what follows either ("per hour"). */
export interface EnglishNoun {
  one: string;
  many: string;
  tail: string;
}

/** "km: kilometer|s, per hour": stem, ending of the plural (or `stem/plural`), tail. */
function nouns(lines: string): [string, EnglishNoun][] {
  return lines
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [tokens = '', description = ''] = line.trim().split(': ');
      const [name = '', tail = ''] = description.split(', ');
      const [one = '', many = one] = name.includes('/')
        ? name.split('/')
        : [name.replace('|', '').replace(/s$/, ''), name.replace('|', '')];
      return tokens.split(' ').map((token): [string, EnglishNoun] => [token.replaceAll('_', ' '), { one, many, tail }]);
    });
}

export const UNITS: ReadonlyMap<string, EnglishNoun> = new Map(
  nouns(`
    %: percent/percent
    ‰: per mille/per mille
    km км: kilometers
    m м: meters
    cm см: centimeters
    mm мм: millimeters
    km/h kph км/ч: kilometers, per hour
    m/s м/с: meters, per second
    mph: miles, per hour
    m² sq_m sq._m м²: square meters
    km² sq_km км²: square kilometers
    m³ м³: cubic meters
    sq_ft sq._ft ft²: square foot/square feet
    mi: miles
    ft ft.: foot/feet
    yd: yards
    ha: hectares
    kg кг: kilograms
    g г: grams
    mg мг: milligrams
    lb lbs lb. lbs.: pounds
    oz oz.: ounces
    t т: tons
    l L л: liters
    ml mL мл: milliliters
    h hr hrs hr.: hours
    min min.: minutes
    s sec sec.: seconds
    ms: milliseconds
    °: degrees
    °C °С ℃: degree Celsius/degrees Celsius
    °F ℉: degree Fahrenheit/degrees Fahrenheit
    W: watts
    kW: kilowatts
    MW: megawatts
    kWh: kilowatt hours
    V: volts
    Hz: hertz/hertz
    kHz: kilohertz/kilohertz
    MHz: megahertz/megahertz
    GHz: gigahertz/gigahertz
    KB kB: kilobytes
    MB: megabytes
    GB ГБ Гб: gigabytes
    TB: terabytes
    Mbps Mbit/s: megabits, per second
    Gbps: gigabits, per second
    dB: decibels
    kcal: kilocalories
    px: pixels
    fps: frames, per second
  `),
);

export const CURRENCIES: ReadonlyMap<string, EnglishNoun> = new Map(
  nouns(`
    $ USD US$: dollars
    € EUR: euros
    £ GBP: pounds
    ₸ KZT: tenge/tenge
    ₽ RUB: rubles
    ¥ CNY: yuan/yuan
    cent: cents
    pence: penny/pence
    kopeck: kopecks
    tiyn: tiyn/tiyn
  `),
);

export const CENTS: Readonly<Record<string, string>> = {
  dollar: 'cent',
  euro: 'cent',
  pound: 'pence',
  ruble: 'kopeck',
  tenge: 'tiyn',
};

export const MULTIPLIERS: ReadonlyMap<string, string> = new Map([
  ['k', 'thousand'],
  ['K', 'thousand'],
  ['thousand', 'thousand'],
  ['mn', 'million'],
  ['M', 'million'],
  ['million', 'million'],
  ['bn', 'billion'],
  ['B', 'billion'],
  ['billion', 'billion'],
  ['tn', 'trillion'],
  ['T', 'trillion'],
  ['trillion', 'trillion'],
]);
