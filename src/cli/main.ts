import { Command, InvalidArgumentError, Option } from 'commander';
import { BootError, SoyleError } from '../errors.ts';
import { isChosenId } from '../ids.ts';
import { version } from '../services.ts';
import { type Background, COLOUR, CROPS, INTENSITY, RESOLUTION, TEXT_LANGUAGES, VIDEO_FORMATS } from '../types.ts';
import { avatarCommand } from './avatar.ts';
import { type SayOptions, sayCommand } from './say.ts';

const number = (min: number, max: number) => (text: string) => {
  const value = text.trim() ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new InvalidArgumentError(`${min} to ${max}.`);
  return value;
};

const integer = (min: number, max: number) => (text: string) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) throw new InvalidArgumentError(`${min} to ${max}.`);
  return value;
};

const chosenId = (text: string): string => {
  if (!isChosenId(text))
    throw new InvalidArgumentError('Letters a-z, digits, "-" and "_", a letter or digit first, at most 64 characters.');
  return text;
};

const backgroundOf = (text: string): Background => {
  if (text === 'keep' || text === 'transparent') return text;
  if (COLOUR.test(text)) return { colour: text };
  if (isChosenId(text)) return { picture: text };
  throw new InvalidArgumentError(
    'It is keep, transparent, a colour as #rrggbb such as #ffffff, or the id of a picture: a-z, 0-9, "-" and "_".',
  );
};

const program = new Command('soyle').description('Text in, lip-synced talking avatar out.').version(version);

program
  .command('say')
  .description('Speak a text without the server: one MP4, or an MP4 and a WAV per chunk.')
  .argument('<text>', 'what to say; "-" reads it from standard input')
  .addOption(new Option('-l, --language <language>', 'language of the text').choices(TEXT_LANGUAGES).default('ru'))
  .addOption(new Option('-o, --output <file>', 'the video to write (default: out.mp4, transparent out.webm)'))
  .addOption(new Option('--chunks <folder>', 'write 000.mp4, 000.wav, 001.mp4 … instead').conflicts('output'))
  .option('--chunk-size <words>', 'words per chunk with --chunks', integer(1, 200), 15)
  .option('--intensity <factor>', 'how far the mouth moves', number(INTENSITY.min, INTENSITY.max), INTENSITY.default)
  .option('--engine <name>', 'speech engine to be asked first, one of SPEECH_ENGINES')
  .option('--voice <id>', "voice, one of the engine's")
  .option('--rate <factor>', 'pace', number(0.5, 2))
  .option('--pitch <factor>', 'pitch', number(0.5, 2))
  .option('--temperature <value>', 'how freely the speech model samples', number(0, 2))
  .addOption(
    new Option('--gender <gender>', 'of the voice, where an engine can be told').choices(['female', 'male', 'neutral']),
  )
  .option('--age <years>', 'of the voice, where an engine can be told', integer(1, 120))
  .option('--emotion <word>', 'of the voice, where an engine can be told')
  .option('--avatar <id>', 'avatar, a folder of avatars/', chosenId)
  .option('--model <id>', 'lips model, one of models/manifest.json')
  .option('--background <what>', 'keep, transparent, #rrggbb, or a picture of BACKGROUNDS_DIR by its id', backgroundOf)
  .addOption(new Option('--crop <part>', 'how much of the picture is shown').choices(CROPS))
  .option('--resolution <pixels>', 'height of the video', integer(RESOLUTION.min, RESOLUTION.max))
  .addOption(new Option('--format <format>', 'kind of video; the output ends in .webm or .mp4').choices(VIDEO_FORMATS))
  .action(async (text: string, options: SayOptions) => {
    process.exitCode = await sayCommand(text, options);
  });

program.addCommand(avatarCommand());

program.parseAsync().catch((error: unknown) => {
  const known = error instanceof BootError || error instanceof SoyleError;
  const cause = error instanceof SoyleError && error.cause ? ` (${String(error.cause)})` : '';
  process.stderr.write(
    `soyle: ${known ? error.message + cause : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 1;
});
