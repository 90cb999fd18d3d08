import { AVATAR_TEXTS } from './avatar-texts.js';

/**
 * The pages' texts. `{name}` is filled from parameters; keys under `error.` are codes of the server's catalogue.
 *
 * @typedef {'ru' | 'kk' | 'en'} Language
 */

/** @type {Record<Language, Record<string, string>>} */
const TEXTS = {
  ru: {
    ...AVATAR_TEXTS.ru,
    title: 'Söyle — говорящий аватар',
    tagline: 'Напишите текст — аватар его произнесёт',
    interface: 'Язык страницы',
    stage: 'Аватар',
    composer: 'Что сказать',
    text: 'Текст',
    counter: '{count} из {limit} символов',
    language: 'Язык речи',
    chunkSize: 'Слов во фрагменте',
    chunkHint: 'От 1 до 200: меньше — быстрее начнёт, больше — плавнее речь',
    voice: 'Голос',
    anyVoice: 'По умолчанию',
    listen: 'Послушать',
    speak: 'Сказать',
    stop: 'Стоп',
    shortcut: 'Ctrl + Enter — сказать, Esc — стоп',
    samples: 'Примеры',
    transcript: 'Текст по мере речи',
    fragments: 'Скачать фрагменты',
    fragment: 'Фрагмент {n}',
    seconds: '{n}\u00a0с',
    docs: 'Документация API',
    progress: 'Готовность фрагментов',
    ready: 'Готово фрагментов: {ready} из {total}',
    first: 'первый через {n}\u00a0с',
    'state.idle': 'Можно начинать',
    'state.loading': 'Сервер загружается, подождите…',
    'state.thinking': 'Готовлю речь…',
    'state.speaking': 'Говорю',
    'state.buffering': 'Жду следующий фрагмент…',
    'state.done': 'Сказано',
    'state.stopped': 'Остановлено',
    'error.text_empty': 'Сначала напишите текст.',
    'error.text_too_long': 'Текст слишком длинный: можно не больше {limit} символов.',
    'error.chunk_size': 'Слов во фрагменте может быть от 1 до 200.',
    'error.queue_full': 'Сейчас слишком много желающих. Попробуйте через {seconds}\u00a0с.',
    'error.stopping': 'Сервер перезапускается. Попробуйте чуть позже.',
    'error.network': 'Нет связи с сервером. Проверьте подключение и попробуйте ещё раз.',
    'error.sample': 'Образец голоса не воспроизводится.',
    'error.storage_full': 'На сервере закончилось место. Попробуйте позже.',
    'error.other': 'Не получилось: {message}',
    'error.chunk': 'Фрагмент {n} пропущен: {message}',
    'error.media': 'видео не воспроизводится',
  },
  kk: {
    ...AVATAR_TEXTS.kk,
    title: 'Söyle — сөйлейтін аватар',
    tagline: 'Мәтін жазыңыз — аватар оны айтып береді',
    interface: 'Бет тілі',
    stage: 'Аватар',
    composer: 'Не айту керек',
    text: 'Мәтін',
    counter: '{limit} таңбадан {count}',
    language: 'Сөйлеу тілі',
    chunkSize: 'Бөліктегі сөз саны',
    chunkHint: '1-ден 200-ге дейін: аз болса — тезірек бастайды, көп болса — сөз бірқалыпты',
    voice: 'Дауыс',
    anyVoice: 'Әдепкі',
    listen: 'Тыңдау',
    speak: 'Айту',
    stop: 'Тоқтату',
    shortcut: 'Ctrl + Enter — айту, Esc — тоқтату',
    samples: 'Мысалдар',
    transcript: 'Айтылып жатқан мәтін',
    fragments: 'Бөліктерді жүктеп алу',
    fragment: '{n}-бөлік',
    seconds: '{n}\u00a0с',
    docs: 'API құжаттамасы',
    progress: 'Бөліктердің дайындығы',
    ready: 'Дайын бөліктер: {total} ішінен {ready}',
    first: 'біріншісі {n}\u00a0с кейін',
    'state.idle': 'Сөйлеуге дайын',
    'state.loading': 'Сервер жүктелуде, күте тұрыңыз…',
    'state.thinking': 'Сөз дайындалуда…',
    'state.speaking': 'Сөйлеп тұрмын',
    'state.buffering': 'Келесі бөлікті күтудемін…',
    'state.done': 'Айтылды',
    'state.stopped': 'Тоқтатылды',
    'error.text_empty': 'Алдымен мәтін жазыңыз.',
    'error.text_too_long': 'Мәтін тым ұзын: {limit} таңбадан аспауы керек.',
    'error.chunk_size': 'Бөліктегі сөз саны 1-ден 200-ге дейін болуы керек.',
    'error.queue_full': 'Қазір кезек толы. {seconds}\u00a0с кейін қайталап көріңіз.',
    'error.stopping': 'Сервер қайта іске қосылуда. Сәл кейінірек көріңіз.',
    'error.network': 'Сервермен байланыс жоқ. Қосылымды тексеріп, қайталап көріңіз.',
    'error.sample': 'Дауыс үлгісі ойнатылмайды.',
    'error.storage_full': 'Серверде орын қалмады. Кейінірек көріңіз.',
    'error.other': 'Болмады: {message}',
    'error.chunk': '{n}-бөлік өткізілді: {message}',
    'error.media': 'бейне ойнатылмайды',
  },
  en: {
    ...AVATAR_TEXTS.en,
    title: 'Söyle — talking avatar',
    tagline: 'Write a text and the avatar says it',
    interface: 'Page language',
    stage: 'Avatar',
    composer: 'What to say',
    text: 'Text',
    counter: '{count} of {limit} characters',
    language: 'Spoken language',
    chunkSize: 'Words per chunk',
    chunkHint: '1 to 200: fewer words start sooner, more words sound smoother',
    voice: 'Voice',
    anyVoice: 'Default',
    listen: 'Listen',
    speak: 'Speak',
    stop: 'Stop',
    shortcut: 'Ctrl + Enter speaks, Esc stops',
    samples: 'Examples',
    transcript: 'The text as it is spoken',
    fragments: 'Download the chunks',
    fragment: 'Chunk {n}',
    seconds: '{n}\u00a0s',
    docs: 'API documentation',
    progress: 'Chunks made',
    ready: '{ready} of {total} chunks ready',
    first: 'first one after {n}\u00a0s',
    'state.idle': 'Ready to speak',
    'state.loading': 'The server is loading, one moment…',
    'state.thinking': 'Preparing to speak…',
    'state.speaking': 'Speaking',
    'state.buffering': 'Waiting for the next chunk…',
    'state.done': 'Said',
    'state.stopped': 'Stopped',
    'error.text_empty': 'Write a text first.',
    'error.text_too_long': 'The text is too long: at most {limit} characters.',
    'error.chunk_size': 'Words per chunk must be between 1 and 200.',
    'error.queue_full': 'The server is busy. Try again in {seconds}\u00a0s.',
    'error.stopping': 'The server is restarting. Try again in a moment.',
    'error.network': 'The server cannot be reached. Check the connection and try again.',
    'error.sample': 'The sample of the voice cannot be played.',
    'error.storage_full': 'The server has run out of space. Try again later.',
    'error.other': 'It did not work: {message}',
    'error.chunk': 'Chunk {n} was skipped: {message}',
    'error.media': 'the video cannot be played',
  },
};

/** What to try first; more than 15 words each, so that chunks follow one another. */
export const SAMPLES = {
  ru: 'Здравствуйте! Напишите мне любой текст, и я произнесу его вслух — по-русски, по-казахски или по-английски, а слова будут подсвечиваться, пока я говорю.',
  kk: 'Сәлеметсіз бе! Маған кез келген мәтінді жазыңыз, мен оны дауыстап айтып беремін: қазақша, орысша немесе ағылшынша, ал айтылған сөздер бірден көрініп отырады.',
  en: 'Hello! Write me any text and I will say it out loud in English, Russian or Kazakh, and the words will light up while I am speaking.',
};

/** @param {string} code @returns {code is Language} */
export const isLanguage = (code) => Object.hasOwn(TEXTS, code);

/** The first language of the reader's that we know; English for those who read none of them. */
export function preferredLanguage(candidates = navigator.languages) {
  return candidates.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}

/**
 * @param {Language} language
 * @param {string} key
 * @param {Record<string, string | number>} [params] numbers are written the language's way
 */
export function translate(language, key, params = {}) {
  // Kazakh writes numbers as Russian does, and not every browser knows Kazakh.
  const locale = language === 'kk' ? 'ru' : language;
  const write = (/** @type {string | number | undefined} */ value) =>
    typeof value === 'number' ? value.toLocaleString(locale, { maximumFractionDigits: 1 }) : (value ?? '');
  return (TEXTS[language][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => write(params[name]));
}

/** @param {string} key */
export const hasText = (key) => Object.hasOwn(TEXTS.en, key);
