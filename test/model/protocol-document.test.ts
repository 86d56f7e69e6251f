/** docs/protocol.md and schemas/protocol.json say the same. */
import { describe, expect, test } from 'vitest';
import { readProtocol, readProtocolDocument } from './protocol.ts';

const protocol = readProtocol();
const document = readProtocolDocument();
const ID = /`([PCT](?:-[A-Z]+)+)`/g;

/** The text under a heading of any level, up to the next heading. */
function section(heading: string): string {
  const [, text] = document.split(new RegExp(`^#+ ${heading}\\n`, 'm'));
  if (text === undefined) throw new Error(`docs/protocol.md has no section "${heading}"`);
  return text.split(/^#+ /m)[0]!;
}

/** Rows of the first table of a section whose head begins so, without the head; `\|` is a `|` within a cell. */
function table(heading: string, head: string): readonly (readonly string[])[] {
  const lines = section(heading).split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${head} |`));
  if (start < 0) throw new Error(`"${heading}" has no table "${head}"`);
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}

/** What stands in backquotes, in order. */
const codes = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

/** Paragraphs, items and rows outside of fenced blocks, cut into sentences. */
function sentences(text: string): readonly string[] {
  return text
    .replace(/^```[\s\S]*?^```$/gm, '')
    .split(/\n\n|\n(?=- |\d\. |\|)/)
    .flatMap((block) => block.replace(/\s+/g, ' ').split(/(?<=[.:;]) (?=[A-Z`])/));
}

/** Capitals, and names of what peers and tm do: each word of the first kind is closed by one of the second. */
interface Demand {
  readonly level: string;
  readonly id: string | undefined;
}

/** In the order of the text: each name with the word in capitals before it in its sentence. A word without a name behind it has none. */
function demands(text: string): readonly Demand[] {
  return sentences(text).flatMap((sentence) => {
    const found: Demand[] = [];
    let level = '';
    for (const [, word, id] of sentence.matchAll(/\b(MUST|SHOULD)\b|`([PT](?:-[A-Z]+)+)`/g)) {
      if (word !== undefined) level = word;
      else found.push({ level, id });
      if (id !== undefined) level = '';
    }
    return level === '' ? found : [...found, { level, id: undefined }];
  });
}

describe('requirements', () => {
  const [, body = ''] = document.split('\n## Environment\n');
  const [asked = ''] = body.split('\n## What a client library promises\n');

  test('are all in the document, and no others', () => {
    const named = [...document.matchAll(ID)].map(([, id]) => id);
    expect([...new Set(named)].toSorted()).toEqual(protocol.requirements.map(({ id }) => id).toSorted());
  });

  test('of peers and tm stand once each, at a sentence with their level in capitals; nothing else is in capitals', () => {
    const wanted = protocol.requirements
      .filter(({ of }) => of !== 'client')
      .map(({ id, level }) => ({ level: level.toUpperCase(), id }));
    const byId = (a: Demand, b: Demand) => String(a.id).localeCompare(String(b.id));
    expect(demands(asked).toSorted(byId)).toEqual(wanted.toSorted(byId));
  });

  test('of client libraries are its table, word for word; all are musts', () => {
    const wanted = protocol.requirements.filter(({ of }) => of === 'client');
    expect(wanted.filter(({ level, since }) => level !== 'must' || since !== '1.1')).toEqual([]);
    const rows = table('What a client library promises', 'name');
    expect(rows).toEqual(wanted.map(({ id, text }) => [`\`${id}\``, text]));
  });
});

describe('tables', () => {
  test('of the environment: the same variables, needed as much', () => {
    const rows = table('Environment', 'variable').map(([name = '', need]) => ({ name: codes(name)[0], need }));
    expect(rows).toEqual(protocol.environment.map(({ name, need }) => ({ name, need })));
  });

  test('of the environment: each default is named', () => {
    const rows = new Map(table('Environment', 'variable').map((row) => [codes(row[0] ?? '')[0], row.at(-1) ?? '']));
    for (const variable of protocol.environment)
      if (variable.default !== undefined) expect(codes(rows.get(variable.name) ?? '')).toContain(variable.default);
  });

  test('of the keys: type, version, who writes how and who reads', () => {
    const rows = table('Keys', 'key').map(([name = '', type, since, writer = '', reader = '']) => ({
      name: codes(name)[0]?.replace('alice', '{peer}'),
      type,
      since,
      writer: /\b(tm|peer)\b/.exec(writer)?.[1],
      write: /^\w+/.exec(codes(writer)[0] ?? '')?.[0],
      reader: /\b(tm|peer)\b/.exec(reader)?.[1],
      read: /^BLPOP/.exec(codes(reader)[0] ?? '')?.[0],
    }));
    const wanted = protocol.keys.map((key) => ({ read: undefined, ...key }));
    const byName = (a: { readonly name: string | undefined }, b: { readonly name: string | undefined }) =>
      String(a.name).localeCompare(String(b.name));
    expect(rows.toSorted(byName)).toEqual(wanted.toSorted(byName));
  });

  test('of the statuses, of the fields of their stream, and of the heartbeat', () => {
    expect(table('Statuses', 'status').flatMap(([words = '']) => codes(words))).toEqual(protocol.statuses);
    const fields = table('The status stream', 'field').flatMap(([field = '']) => codes(field));
    expect(fields).toEqual(protocol.statusStream.fields);
    const parts = table('The heartbeat', 'field').flatMap(([field = '']) => codes(field));
    expect(parts.map((part) => `<${part}>`).join('|')).toBe(protocol.heartbeat.form);
  });

  test('of the commands', () => {
    const forms = table('Commands', 'command').map(([form = '']) => form);
    expect(forms).toEqual([...protocol.commands.map(({ form }) => `\`${form}\``), 'anything else']);
  });

  test('of the numbers: each by its name', () => {
    const { restart, statusStream, heartbeat, timing } = protocol;
    const wanted = {
      'restart.exitCode': restart.exitCode,
      'restart.delayFile': restart.delayFile,
      'statusStream.maxLength': statusStream.maxLength,
      'heartbeat.intervalMs': heartbeat.intervalMs,
      ...Object.fromEntries(Object.entries(timing).map(([name, value]) => [`timing.${name}`, value])),
    };
    const rows = table('Numbers', 'name').map(([name = '', value = '']) => [
      codes(name)[0],
      codes(value)[0] ?? Number(value.replaceAll(',', '')),
    ]);
    expect(Object.fromEntries(rows)).toEqual(wanted);
    expect(rows).toHaveLength(Object.keys(wanted).length);
  });
});

describe('words in the text', () => {
  test('the version, and the levels from the gravest to the least', () => {
    expect(document).toMatch(new RegExp(`^Version ${protocol.version.replace('.', '\\.')}\\. `, 'm'));
    expect(section('Log lines')).toContain(protocol.logLevels.map((level) => `\`${level}\``).join(', '));
  });

  test('the examples of the stream and of the heartbeat are in their form', () => {
    const { fields, maxLength } = protocol.statusStream;
    const pairs = fields.map((field) => `${field} \\S+`).join(' ');
    expect(section('The status stream')).toMatch(
      new RegExp(
        `^MULTI\\nXADD alice_statuses MAXLEN ~ ${maxLength} \\* ${pairs}\\nSET alice_status \\S+\\nEXEC$`,
        'm',
      ),
    );
    expect(section('The heartbeat')).toMatch(
      new RegExp(`^SET alice_heartbeat \\d{13}\\|${protocol.heartbeat.intervalMs}$`, 'm'),
    );
  });
});
