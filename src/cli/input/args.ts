import { parseArgs } from 'node:util';
import { closest } from '../../lib/suggest.ts';
import { TmError } from '../../model/fault.ts';
import type { LogLevel } from '../../model/wire.ts';
import { LOG_LEVELS } from '../../model/wire.ts';
import { COMMANDS, type CommandName, OPTIONS, type OptionName, operandCounts } from './usage.ts';

/** A command line, understood. */
export interface Args {
  readonly command: CommandName;
  /** Path of the config file, where one was given. */
  readonly config?: string;
  /** The words of a command that takes no config. */
  readonly operands: readonly string[];
  readonly help: boolean;
  readonly version: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly tui: boolean;
  readonly failFast: boolean;
  readonly untilFailure: boolean;
  readonly follow: boolean;
  /** From 1. */
  readonly repeat: number;
  /** 0: at once. */
  readonly speed: number;
  readonly vars: readonly (readonly [name: string, value: string])[];
  /** A run's id or path. */
  readonly run?: string;
  /** A directory. */
  readonly output?: string;
  readonly keep: boolean;
  readonly offline: boolean;
  readonly detailedExitCode: boolean;
  readonly images: boolean;
  readonly yes: boolean;
  readonly reset: 'none' | 'test' | 'all';
  readonly redisUrl?: string;
  readonly peers: readonly string[];
  readonly level?: LogLevel;
}

/** Understands the words after `tm`. Throws a `usage` fault with a suggestion for anything that it does not know. */
export function parseCommandLine(argv: readonly string[], environment: NodeJS.ProcessEnv): Args {
  const { values, positionals } = parse(argv);
  const command = commandOf(positionals);
  const operands = command === 'run' ? positionals : positionals.slice(1);
  const given = Object.keys(values) as OptionName[];
  for (const name of given) {
    const { commands } = OPTIONS[name];
    if (commands !== 'all' && !(commands as readonly string[]).includes(command) && values['help'] !== true) {
      const where = commands.map((one) => (one === 'run' ? 'tm <config>' : `tm ${one}`)).join(', ');
      throw usage(`--${name} does not belong to ${commandText(command)}`, `it belongs to ${where}`);
    }
  }
  const { config: need } = COMMANDS[command];
  const { least, most } = operandCounts(command);
  const surplus = operands[most];
  if (surplus !== undefined) throw usage(`${commandText(command)} takes no "${surplus}"`, `see tm ${command} --help`);
  const config = need === 'none' ? undefined : operands[0];
  if (need === 'none' && operands.length < least && values['help'] !== true)
    throw usage(`${commandText(command)} needs ${least} words behind it`, `see tm ${command} --help`);
  if (need === 'required' && config === undefined && values['help'] !== true && values['version'] !== true)
    throw usage(
      `${commandText(command)} needs a config file`,
      `${commandText(command)} config.yaml; tm init writes one to begin with`,
    );
  const flag = (name: OptionName) => values[name] === true;
  const redisUrl = values['redis-url'] ?? environment['TM_REDIS_URL'];
  const level = values['level'];
  return {
    command,
    ...(config === undefined ? {} : { config }),
    operands: need === 'none' ? operands : [],
    help: flag('help'),
    version: flag('version'),
    json: flag('json'),
    verbose: flag('verbose'),
    tui: flag('tui'),
    failFast: flag('fail-fast'),
    untilFailure: flag('until-failure'),
    follow: flag('follow'),
    repeat: wholeNumber(values['repeat'], '--repeat') ?? 1,
    speed: speedOf(values['speed']),
    vars: Array.isArray(values['var']) ? values['var'].map(String).map(assignment) : [],
    ...(typeof values['run'] === 'string' ? { run: values['run'] } : {}),
    ...(typeof values['output'] === 'string' ? { output: values['output'] } : {}),
    keep: flag('keep'),
    offline: flag('offline'),
    detailedExitCode: flag('detailed-exitcode'),
    images: flag('images'),
    yes: flag('yes'),
    reset: flag('reset-hosts-all') ? 'all' : flag('reset-hosts') ? 'test' : 'none',
    ...(typeof redisUrl === 'string' && redisUrl !== ''
      ? { redisUrl: checkRedisUrl(redisUrl, values['redis-url'] === undefined ? 'TM_REDIS_URL' : '--redis-url') }
      : {}),
    peers: Array.isArray(values['peer']) ? values['peer'].map(String) : [],
    ...(typeof level === 'string' ? { level: checkLevel(level) } : {}),
  };
}

function parse(argv: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(OPTIONS).map(([name, option]) => [
      name,
      {
        type: 'value' in option ? ('string' as const) : ('boolean' as const),
        ...('short' in option ? { short: option.short } : {}),
        ...('multiple' in option ? { multiple: true } : {}),
      },
    ]),
  );
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const unknown = /Unknown option '(-[^']*)'/.exec(message)?.[1];
    if (unknown === undefined) throw usage(message.split('. ')[0] ?? message, 'see tm --help');
    const near = closest(unknown.replace(/^-+/, ''), Object.keys(OPTIONS));
    throw usage(`unknown option ${unknown}`, near === undefined ? 'see tm --help' : `did you mean --${near}?`);
  }
}

/** The first word is a command, or else a config file: `tm smoke.yaml` is the whole test in one go. */
function commandOf(positionals: readonly string[]): CommandName {
  const first = positionals[0];
  if (first === undefined) return 'run';
  if (first !== 'run' && Object.hasOwn(COMMANDS, first)) return first as CommandName;
  if (/[./\\]/.test(first)) return 'run';
  const near = closest(
    first,
    Object.keys(COMMANDS).filter((name) => name !== 'run'),
  );
  throw usage(
    `"${first}" is neither a command nor a config file`,
    near === undefined
      ? 'see tm --help; a config file is named with its ending, as in tm smoke.yaml'
      : `did you mean tm ${near}?`,
  );
}

function checkRedisUrl(text: string, source: string): string {
  // The text may hold a password: it is never repeated.
  if (!URL.canParse(text) || !/^rediss?:\/\//.test(text))
    throw usage(`${source} is not a Redis URL`, 'it looks like redis://[user:password@]host[:port][/database]');
  return text;
}

function wholeNumber(text: unknown, option: string): number | undefined {
  if (typeof text !== 'string') return undefined;
  if (!/^[1-9][0-9]{0,5}$/.test(text))
    throw usage(`${option} wants a whole number from 1 up, not "${text}"`, 'see tm --help');
  return Number(text);
}

function speedOf(text: unknown): number {
  if (typeof text !== 'string') return 1;
  const factor = Number(text.replace(/x$/i, ''));
  if (text.trim() === '' || !Number.isFinite(factor) || factor < 0)
    throw usage(`--speed wants a factor such as 4, not "${text}"`, '0 shows everything at once');
  return factor;
}

function assignment(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw usage(`--var wants name=value, not "${text}"`, 'as in --var size=9');
  return [text.slice(0, at), text.slice(at + 1)];
}

function checkLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined) throw usage(`"${text}" is no log level`, `one of ${LOG_LEVELS.join(', ')}`);
  return level;
}

const commandText = (command: CommandName): string => (command === 'run' ? 'tm' : `tm ${command}`);

function usage(message: string, hint: string): TmError {
  return new TmError({ kind: 'usage', message, hint });
}
