/** Every command and option of `tm`, in one table: the parser, the help and the README's table are drawn from it. */

interface CommandText {
  /** Whether it takes a config file. */
  readonly config: 'required' | 'optional' | 'none';
  /** What else it takes, as the help shows it: `<peer>` must be given, `[run]` may be, `[peer…]` any number of times. */
  readonly operands?: readonly string[];
  readonly does: string;
}

export const COMMANDS = {
  run: { config: 'required', does: 'the whole test in one go: plan, apply, run, shut down, always clean up' },
  plan: { config: 'required', does: 'show what an apply would change; reads the hosts, changes nothing' },
  apply: { config: 'required', does: 'make it so, run the test, and remove what was made' },
  destroy: { config: 'optional', does: 'remove everything that our labels mark' },
  watch: { config: 'optional', does: "show a running test's events, from any terminal" },
  status: { config: 'optional', does: 'show hosts, containers and peers at a glance' },
  send: { config: 'none', operands: ['<peer>', '<command>'], does: 'send a command to a peer of the running test' },
  runs: { config: 'none', does: 'list the runs that are kept: verdict, when, how long' },
  logs: { config: 'none', operands: ['[peer…]'], does: 'show the log lines of a run' },
  replay: { config: 'none', operands: ['[run]'], does: 'show a past run again, as it happened' },
  report: { config: 'none', operands: ['[run]'], does: 'write the reports of a run again, from its journal' },
  validate: { config: 'required', does: 'check a config file, without touching anything' },
  init: { config: 'optional', does: 'write a commented config file to begin with' },
  schema: { config: 'none', does: 'print the JSON schema of config files' },
} as const satisfies Record<string, CommandText>;

export type CommandName = keyof typeof COMMANDS;

/** How many words a command takes behind its name, at least and at most. */
export function operandCounts(command: CommandName): { readonly least: number; readonly most: number } {
  const { config, operands = [] }: CommandText = COMMANDS[command];
  const own = operands.filter((operand) => operand.startsWith('<')).length;
  const open = operands.some((operand) => operand.includes('…'));
  return {
    least: own + (config === 'required' ? 1 : 0),
    most: open ? Number.POSITIVE_INFINITY : operands.length + (config === 'none' ? 0 : 1),
  };
}

interface OptionText {
  readonly commands: 'all' | readonly CommandName[];
  /** Name of its value, for an option that takes one. */
  readonly value?: string;
  readonly short?: string;
  readonly multiple?: true;
  readonly does: string;
}

export const OPTIONS = {
  json: {
    commands: ['run', 'plan', 'apply', 'destroy', 'watch', 'validate', 'status', 'send', 'runs', 'logs', 'replay'],
    does: 'write NDJSON to stdout',
  },
  verbose: { commands: 'all', short: 'v', does: 'show every log level and every unchanged thing' },
  keep: { commands: ['apply'], does: 'leave containers and Redis in place after the timeline' },
  'fail-fast': { commands: ['run', 'apply'], does: 'end the test with the first expectation that is not met' },
  repeat: {
    commands: ['run', 'apply'],
    value: 'times',
    does: 'run the test so many times, and tell how often it passed',
  },
  'until-failure': { commands: ['run', 'apply'], does: 'with --repeat: end with the first run that does not pass' },
  var: {
    commands: ['run', 'plan', 'apply', 'destroy', 'watch', 'validate', 'status'],
    value: 'name=value',
    multiple: true,
    does: 'set a var of the config; may be repeated',
  },
  'detailed-exitcode': { commands: ['plan'], does: 'exit with 2 when there are changes' },
  offline: { commands: ['plan'], does: 'ask no host: show the plan of a first apply' },
  'redis-url': {
    commands: ['run', 'plan', 'apply', 'destroy', 'watch', 'status', 'send'],
    value: 'url',
    does: 'use this Redis instead of a managed one (also TM_REDIS_URL)',
  },
  'reset-hosts': {
    commands: ['run', 'apply'],
    does: "first remove this test's containers from its hosts, those without our labels too",
  },
  'reset-hosts-all': {
    commands: ['run', 'apply'],
    does: 'first remove every tm-* container from its hosts, of any test (asks first)',
  },
  yes: { commands: ['run', 'apply'], short: 'y', does: 'answer yes to what would be asked' },
  images: { commands: ['destroy'], does: 'remove the images of the test from the hosts too' },
  peer: {
    commands: ['watch', 'replay'],
    value: 'name',
    multiple: true,
    does: 'only events of this peer; may be repeated',
  },
  level: { commands: ['watch', 'logs', 'replay'], value: 'level', does: 'log lines of this level and graver' },
  follow: { commands: ['logs'], short: 'f', does: 'go on as lines come' },
  run: { commands: ['logs'], value: 'run', does: 'of this run instead of the newest' },
  speed: { commands: ['replay'], value: 'factor', does: 'so many times as fast as it was (default 1); 0 is at once' },
  output: { commands: ['report'], value: 'directory', does: "write there instead of into the run's directory" },
  tui: { commands: ['run', 'apply', 'watch', 'replay'], does: 'show it on the whole terminal, to look around in' },
  help: { commands: 'all', short: 'h', does: 'show this, or the help of a command' },
  version: { commands: 'all', short: 'V', does: 'print the version' },
} as const satisfies Record<string, OptionText>;

export type OptionName = keyof typeof OPTIONS;

/** The help of `tm`, or of one command. */
export function helpText(command: CommandName | undefined): string {
  const option = (name: OptionName): readonly [string, string] => {
    const text: OptionText = OPTIONS[name];
    const short = text.short === undefined ? '    ' : `-${text.short}, `;
    return [`  ${short}--${name}${text.value === undefined ? '' : ` <${text.value}>`}`, text.does];
  };
  const names = (Object.keys(OPTIONS) as OptionName[]).filter((name) => {
    const { commands } = OPTIONS[name];
    return commands === 'all' || (command !== undefined && (commands as readonly string[]).includes(command));
  });
  if (command !== undefined && command !== 'run') {
    return `tm ${command}${configText(command)}\n  ${COMMANDS[command].does}\n\n${table(names.map(option))}\n`;
  }
  const commands = (Object.keys(COMMANDS) as CommandName[]).map(
    (name) => [`  tm${name === 'run' ? '' : ` ${name}`}${configText(name)}`, COMMANDS[name].does] as const,
  );
  const all = (Object.keys(OPTIONS) as OptionName[]).map(option);
  return [
    'The Mule: test peer-to-peer and distributed software on real machines.',
    '',
    table(commands),
    '',
    'Options',
    table(all),
    '',
    'Exit codes: 0 passed, 1 failed, 2 changes (plan --detailed-exitcode), 3 bad config or usage,',
    '            4 a host, Docker or Redis cannot be reached, 5 locked, 130/143 interrupted.',
    '',
  ].join('\n');
}

function configText(command: CommandName): string {
  const { config, operands = [] }: CommandText = COMMANDS[command];
  const file = config === 'required' ? ['<config>'] : config === 'optional' ? ['[config]'] : [];
  return [...file, ...operands].map((operand) => ` ${operand}`).join('');
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => left.padEnd(width) + right).join('\n');
}
