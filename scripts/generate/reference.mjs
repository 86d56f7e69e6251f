const DEFS = '#/$defs/';

const COMMANDS = `A command has a \`time\`, or waits: \`after\` another one, or \`when\` something has happened.

\`\`\`yaml
commands:
  - { time: 0, peer: "*", command: connect }
  - { when: { peer: "*", status: connected }, within: 10, peer: alice, command: push|bob|hi, id: push }
  - { after: +3, peer: bob, command: pull }
  - { after: push +0.5, peer: worker-*, command: sync }
\`\`\``;

const EXPECTATIONS = `An expectation says what must be true of a peer, and by when: it has a \`peer\` (or \`peers\`), and one of \`status\`, \`log\` and \`exit\`. The
same words stand in three places.

| Place | What counts | Keys of its own |
| --- | --- | --- |
| \`expect\` of the file | from the start of the peers until they have stopped, or between \`from\` and \`by\` | \`from\`, \`by\`, \`never\` |
| \`expect\` at a command | what is reported after the sending | \`within\`, \`never\`; \`peer\` may be left out |
| \`when\` of a command | a status that stands, and what happens after the sending of the command before it | \`from\`; \`within\` stands beside \`when\` |

\`\`\`yaml
expect:
  - { peer: bob, status: connected, by: 15 }
  - { peer: bob, log: hello-from-alice, from: 10, by: 20 }
  - { peer: "*", log: /panic|fatal/i, never: true }
  - { peers: [alice, bob], status: connected, for: 30 }
  - { peer: "tag:gpu", count: 3, status: connected, by: 20 }
  - { peer: dave, exit: 0 }
commands:
  - { time: 10, peer: alice, command: push|bob|hi, expect: { peer: bob, log: hi, within: 5 } }
\`\`\`

Every expectation ends as met, unmet or undecided, and only a run whose expectations are all met has passed. One about a peer that dies, or
about a window that the run never reaches, is unmet, with that as its reason. An event exactly at the end of a window is in it.`;

/** Sections of the reference: the heading, the definition they come from, and what is said before the table. */
const SECTIONS = [
  ['`timeout`', 'Timeout', ''],
  ['`redis`', 'Redis', ''],
  [
    '`hosts[]`',
    'Host',
    'One entry a machine. Two entries may name the same machine, with different names and base ports.',
  ],
  ['`peers[]`', 'Peer', 'One entry a peer: a container, or a process where its host says so.'],
  ['`commands[]`', 'Command', COMMANDS],
  ['`expect[]`', 'Expect', EXPECTATIONS],
];

const INTRODUCTION = `# The config, key by key

<!-- Generated from schemas/test-config.schema.json by \`npm run generate\`. -->

A test is one YAML 1.2 document of at most 8 MiB in UTF-8. Aliases and merge keys (\`<<: *base\`) work. Keys that begin with \`x-\` are yours
and mean nothing to tm; they are allowed in every map below, and are a good place for anchors. A list or a map that is left empty counts as
left out. Where text is wanted, a number or \`true\` without quotes is taken as it is written.

For completion and checks in an editor, begin the file with a line that names the schema:

\`\`\`yaml
# yaml-language-server: $schema=./node_modules/the-mule/schemas/test-config.schema.json
\`\`\`

\`tm validate <config>\` shows every fault with its place; \`tm init\` writes a test to begin with.
`;

const ENVIRONMENT = `## Environment

\`peer_environment\` and a peer's \`environment\` are maps, or lists of \`KEY=VALUE\`. Numbers and booleans are taken as they are written, and a
variable without a value is empty. Later wins: \`peer_environment\`, the peer's \`environment\`, then the system's own, which nothing overrides:
\`REDIS_URL\`, \`PEER_NAME\`, \`LISTEN_ADDR\`, \`HOST_NAME\`, \`HOST_ADDR\`, \`TM_RUN_ID\`.

\`\`\`yaml
peer_environment:
  RUST_LOG: info
peers:
  - name: alice
    image: ghcr.io/acme/node:1.4
    environment: [ROLE=relay, RUST_LOG=debug]
\`\`\`
`;

/** The reference in Markdown: a table for each map. */
export function referenceOf(schema) {
  const sections = SECTIONS.map(([heading, name, text]) => {
    const before = text === '' ? '' : `${text}\n\n`;
    return `## ${heading}\n\n${before}${tableOf(schema.$defs[name], schema)}`;
  });
  return [INTRODUCTION, `## The whole\n\n${tableOf(schema, schema)}`, ...sections, ENVIRONMENT].join('\n');
}

function tableOf(part, schema) {
  const rows = Object.entries(part.properties).map(([key, property]) => {
    const resolved = resolve(property, schema);
    const need = part.required?.includes(key) ? '**needed**' : defaultOf(resolved);
    const examples = (property.examples ?? []).map((example) => `\`${key}: ${flow(example)}\``);
    return [`\`${key}\``, typeOf(resolved), need, resolved.description, examples.join('<br>')];
  });
  const lines = [['Key', 'Type', 'Default', 'Meaning', 'Example'], ['---', '---', '---', '---', '---'], ...rows];
  return `${lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')}\n`;
}

/** A property with what its `$ref` says; its own words win. */
function resolve(property, schema) {
  if (property.$ref === undefined) return property;
  return { ...schema.$defs[property.$ref.slice(DEFS.length)], ...property };
}

function typeOf(property) {
  if (property.enum !== undefined) return property.enum.map((value) => `\`${value}\``).join(', ');
  return property['x-wants'].replace(/,$/, '');
}

function defaultOf(property) {
  const { default: value } = property;
  if (value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)) return '';
  return `\`${value}\``;
}

/** A value in YAML's flow style. */
function flow(value) {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    return `{ ${Object.entries(value)
      .map(([key, member]) => `${key}: ${flow(member)}`)
      .join(', ')} }`;
  }
  return typeof value === 'string' && /^[*&!|>%@`"']|[,[\]{}]|: /.test(value) ? JSON.stringify(value) : String(value);
}
