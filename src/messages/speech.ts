import { type Entry, entry } from './entry.ts';

/** What is wrong with a text or the voice it is to be said with, and what speaking failed at. */
export const SPEECH = {
  text_required: entry(400, 'Требуется поле "{field}"', '"{field}" өрісі қажет', 'Field "{field}" is required'),
  text_empty: entry(400, 'Текст не может быть пустым', 'Мәтін бос болмауы керек', 'Text must not be empty'),
  text_too_long: entry(
    413,
    'Текст длиннее {limit} символов, пришлите его частями',
    'Мәтін {limit} таңбадан ұзын, оны бөліктеп жіберіңіз',
    'Text is longer than {limit} characters, send it in parts',
  ),
  tokens_unsupported: entry(
    400,
    'Токены не поддерживаются, пришлите "text"',
    'Токендер қолдау таппайды, "text" жіберіңіз',
    'Tokens are not supported, send "text"',
  ),
  language_unsupported: entry(
    400,
    'Неподдерживаемый язык: {detail}',
    'Қолдау көрсетілмейтін тіл: {detail}',
    'Unsupported language: {detail}',
  ),
  engine_unknown: entry(
    400,
    'Нет движка речи «{engine}»; есть: {known}',
    '«{engine}» сөйлеу қозғалтқышы жоқ; барлары: {known}',
    'There is no speech engine "{engine}"; there is: {known}',
  ),
  voice_unknown: entry(
    400,
    'Нет голоса «{voice}»; есть: {known}',
    '«{voice}» дауысы жоқ; барлары: {known}',
    'There is no voice "{voice}"; there is: {known}',
  ),
  voice_language: entry(
    400,
    'Голос «{voice}» говорит на {known}, а не на {language}; задайте "language": {known}',
    '«{voice}» дауысы {language} емес, {known} тілінде сөйлейді; "language" өрісіне мынаны қойыңыз: {known}',
    'Voice "{voice}" speaks {known}, not {language}; set "language" to {known}',
  ),
  speech_failed: entry(
    500,
    'Не удалось озвучить текст',
    'Мәтінді дыбыстау мүмкін болмады',
    'Speech synthesis failed',
    true,
  ),
  speech_timeout: entry(
    500,
    'Синтез речи не уложился в отведённое время',
    'Сөйлеу синтезі уақытында аяқталмады',
    'Speech synthesis ran out of time',
    true,
  ),
  audio_failed: entry(
    500,
    'Не удалось закодировать звук',
    'Дыбысты кодтау мүмкін болмады',
    'Audio encoding failed',
    true,
  ),
} as const satisfies Record<string, Entry>;
