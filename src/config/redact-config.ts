import { isSecretName, REDACTED, redactUrls } from '../lib/redact.ts';
import { readSource } from './source.ts';
import type { Node, Span } from './tree.ts';

/** Keys of the schema that are named like secrets, and hold none. */
const OWN_KEYS: ReadonlySet<string> = new Set(['ssh_auth', 'auth']);

/**
 * The text of a config with `[redacted]` in place of what is most likely a secret: the values of keys, variables and arguments that are
 * named so, also in comments, and passwords in URLs. Everything else stays as it was written; it is still a config.
 */
export async function redactConfig(written: string): Promise<string> {
  const { tree, text } = await readSource(new TextEncoder().encode(written), 'config.yaml');
  const spans = new Map<number, Span & { readonly by: string }>();
  if (tree !== undefined) new Search(text, spans).look(tree, false);
  let redacted = '';
  let position = 0;
  for (const { start, end, by } of [...spans.values()].sort((a, b) => a.start - b.start)) {
    if (start < position) continue;
    redacted += text.slice(position, start) + by;
    position = end;
  }
  return redactUrls(redactWords(redacted + text.slice(position)));
}

/** Finds what is to be replaced, each place once however often aliases lead to it. */
class Search {
  readonly #text: string;
  readonly #spans: Map<number, Span & { readonly by: string }>;
  readonly #seen = { open: new Set<Node>(), secret: new Set<Node>() };

  constructor(text: string, spans: Map<number, Span & { readonly by: string }>) {
    this.#text = text;
    this.#spans = spans;
  }

  look(node: Node, isSecret: boolean): void {
    const seen = isSecret ? this.#seen.secret : this.#seen.open;
    if (seen.has(node)) return;
    seen.add(node);
    switch (node.kind) {
      case 'scalar': {
        const [, name = ''] = /^([^=\s]+)=/.exec(node.text) ?? [];
        if (isSecret) this.#replace(node, node.text, REDACTED);
        else if (isSecretName(name)) this.#replace(node, node.text, `${name}=${REDACTED}`);
        return;
      }
      case 'list':
        for (const item of node.items) this.look(item, isSecret);
        return;
      case 'map':
        for (const { key, value } of [...node.entries, ...node.merged])
          this.look(value, isSecret || (isSecretName(key) && !OWN_KEYS.has(key)));
    }
  }

  #replace(span: Span, value: string, by: string): void {
    // A reference to a secret is none, and nothing says nothing.
    if (value === '' || /^\$\{\{[^{}]*\}\}$/.test(value.trim())) return;
    const written = this.#text.slice(span.start, span.end);
    this.#spans.set(span.start, { ...span, by: `${JSON.stringify(by)}${/\n\s*$/.exec(written)?.[0] ?? ''}` });
  }
}

/** `--password=x`, `TOKEN=x` anywhere, and `# token: x` in comments. */
function redactWords(text: string): string {
  return text
    .replace(/([\w-]+)=([^\s"',\]}]+)/g, (all, name: string, value: string) =>
      isSecretName(name) && !value.startsWith('$') && !value.startsWith('[') ? `${name}=${REDACTED}` : all,
    )
    .replace(
      /^([^\n]*#[^\n]*?\b)([\w-]+)(:[ \t]+)([^\s#][^\n]*)$/gm,
      (all, before: string, name: string, colon: string) =>
        isSecretName(name) && !OWN_KEYS.has(name) ? `${before}${name}${colon}${REDACTED}` : all,
    );
}
