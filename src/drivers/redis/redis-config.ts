import type { Secret } from '../../lib/secret.ts';

/** What a managed Redis is told. */
export interface RedisConfig {
  readonly port: number;
  /** Addresses that it listens on. */
  readonly bind: readonly string[];
  /** Missing: anybody who reaches it may use it. */
  readonly password?: Secret;
  /** Where it may write; it writes nothing. */
  readonly directory: string;
  /** Whether it knows the directives of Redis 6.2. */
  readonly modern: boolean;
}

/** The text of its configuration file. It holds the password, so it goes by stdin or into the container, never on a command line. */
export function redisConfig(config: RedisConfig): string {
  const { port, bind, password, directory, modern } = config;
  return [
    `port ${port}`,
    `bind ${bind.join(' ')}`,
    // Without a password protected mode would refuse every peer that is not on this machine.
    `protected-mode ${password === undefined ? 'no' : 'yes'}`,
    ...(password === undefined ? [] : [`requirepass ${quoted(password.reveal())}`]),
    `dir ${quoted(directory)}`,
    'daemonize no',
    // A test leaves nothing behind, and waits for no disk.
    'save ""',
    'appendonly no',
    // What tm listens to, from the start.
    'notify-keyspace-events K$lg',
    // tm reads the replication stream, and does not wait for other replicas nor for a disk.
    'repl-diskless-sync yes',
    'repl-diskless-sync-delay 0',
    // A title of its own would be written over its environment, where our labels are.
    ...(modern ? ['set-proc-title no'] : []),
    '',
  ].join('\n');
}

/** A word as Redis reads it: within quotes, with everything unusual as `\xHH`, byte by byte. */
function quoted(text: string): string {
  const bytes = [...Buffer.from(text, 'utf8')].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9 _./:=+,@%-]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `"${bytes.join('')}"`;
}

/** The loopback address and `more`, each once; an address that stands for all makes the others needless. */
export function bindAddresses(more: readonly string[]): readonly string[] {
  if (more.includes('0.0.0.0') || more.includes('*')) return ['0.0.0.0'];
  return [...new Set(['127.0.0.1', ...more])];
}
