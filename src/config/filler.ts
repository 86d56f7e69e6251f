import { assertNever } from '../lib/assert-never.ts';
import { isSecretName } from '../lib/redact.ts';
import { closest } from '../lib/suggest.ts';
import { MAX_BYTES } from './decode.ts';
import { asWritten, expressionSpan, hasExpressions, type Piece, piecesOf } from './expression.ts';
import { MAX_FAULTS } from './max-faults.ts';
import type { SpanFault } from './span-fault.ts';
import type { ScalarNode, Span } from './tree.ts';
import { environmentValue, type VarValue } from './var-value.ts';

/** The vars that an expression can name where it stands. */
export interface Scope {
  /** `broken`: its own value has a fault, which is enough to tell once. */
  readonly values: ReadonlyMap<string, VarValue | 'broken'>;
  /** All names that the file has, those that cannot be named from here among them. */
  readonly declared: ReadonlySet<string>;
  /** The expression stands in a list of `matrix`, or in the var of this name. */
  readonly inside?: { readonly kind: 'matrix' } | { readonly kind: 'var'; readonly name: string };
}

/** The names in the environment of tm, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

type Expression = Exclude<Piece, { kind: 'text' }>;

/** Puts values in the place of expressions, and keeps account of what that shows: faults, names in use, secrets, and the size. */
export class Filler {
  readonly faults: SpanFault[] = [];
  /** Vars that something names. */
  readonly used = new Set<string>();
  /** Values of environment variables that are named like secrets. */
  readonly secrets = new Set<string>();
  readonly #source: string;
  readonly #environment: Variables;
  /** Aliases lead to a scalar more than once; it is filled in, and its faults are told, the first time. */
  readonly #filled = new Map<ScalarNode, ScalarNode | undefined>();
  /** UTF-16 units that may still be added, so that vars of vars cannot grow without end. */
  #room: number;

  constructor(source: string, environment: Variables) {
    this.#source = source;
    this.#environment = environment;
    this.#room = MAX_BYTES - source.length;
  }

  /** The scalar with its values, still at its own place; undefined where one of them is not to be had, of which a fault then tells. */
  fill(node: ScalarNode, scope: Scope): ScalarNode | undefined {
    if (typeof node.value !== 'string' || !hasExpressions(node.value)) return node;
    if (!this.#filled.has(node)) this.#filled.set(node, this.#fill(node, node.value, scope));
    return this.#filled.get(node);
  }

  #fill(node: ScalarNode, written: string, scope: Scope): ScalarNode | undefined {
    const pieces = piecesOf(written);
    const values = pieces.map((piece) => (piece.kind === 'text' ? piece : this.#valueOf(piece, node, scope)));
    const found = values.filter((value) => value !== undefined);
    if (found.length < values.length) return undefined;
    const length = found.reduce((sum, { text }) => sum + text.length, 0);
    if (!this.#takeRoom(length - written.length, node)) return undefined;
    const [only, ...more] = found;
    if (only !== undefined && more.length === 0 && 'value' in only)
      return { ...node, value: only.value, text: only.text };
    // Nothing is no text, even where it is written as `null`.
    const text = found.map((one) => ('value' in one && one.value === null ? '' : one.text)).join('');
    return { ...node, value: text, text };
  }

  /** Looks only whether the expressions are sound and what they name: for a value that another one replaces. */
  check(node: ScalarNode, scope: Scope): void {
    if (typeof node.value !== 'string' || !hasExpressions(node.value)) return;
    for (const piece of piecesOf(node.value)) {
      const replaced = piece.kind === 'name' && piece.namespace === 'env';
      if (piece.kind !== 'text' && !replaced) this.#valueOf(piece, node, scope);
    }
  }

  /** Tells a fault, unless there are too many to be read. */
  tell(span: Span, severity: SpanFault['severity'], code: string, message: string, suggestion: string): void {
    if (this.faults.length < MAX_FAULTS) this.faults.push({ severity, code, message, suggestion, span });
  }

  #takeRoom(units: number, node: ScalarNode): boolean {
    const before = this.#room;
    this.#room -= Math.max(0, units);
    if (this.#room >= 0) return true;
    if (before >= 0) {
      const message = 'with everything filled in up to here, the file has more than 8 MiB';
      this.tell(
        expressionSpan(this.#source, node, 0),
        'error',
        'too-large',
        message,
        'vars of vars multiply: use fewer',
      );
    }
    return false;
  }

  #valueOf(expression: Expression, node: ScalarNode, scope: Scope): VarValue | undefined {
    const wrong = (code: string, message: string, suggestion: string): undefined => {
      const span = expressionSpan(this.#source, node, expression.ordinal);
      this.tell(span, 'error', code, message, suggestion);
    };
    if (expression.kind === 'malformed') return wrong(expression.code, expression.message, expression.suggestion);
    const { name, namespace } = expression;
    switch (namespace) {
      case 'env': {
        const text = Object.hasOwn(this.#environment, name) ? this.#environment[name] : undefined;
        if (text === undefined) return wrong('unset-variable', ...unset(name, this.#environment));
        if (isSecretName(name) && text !== '') this.secrets.add(text);
        return environmentValue(text);
      }
      case 'vars': {
        const value = scope.inside?.kind === 'matrix' ? undefined : scope.values.get(name);
        if (value !== undefined) this.used.add(name);
        if (value === undefined) return wrong('unknown-var', ...unknown(name, scope));
        return value === 'broken' ? undefined : value;
      }
      default:
        return assertNever(namespace);
    }
  }
}

function unset(name: string, environment: Variables): [message: string, suggestion: string] {
  const meant = closest(name, Object.keys(environment));
  return [
    `the environment variable ${name} is not set`,
    meant === undefined ? `set it where tm is started: ${name}=… tm …` : `did you mean "${meant}"?`,
  ];
}

function unknown(name: string, { values, declared, inside }: Scope): [message: string, suggestion: string] {
  if (inside?.kind === 'matrix')
    return [
      'values of the matrix cannot name vars',
      `name it where the value is used, or write ${asWritten('env.NAME')}`,
    ];
  if (inside?.kind === 'var' && inside.name === name)
    return [`the var "${name}" cannot name itself`, 'give it another value'];
  if (declared.has(name))
    return [`the var "${name}" stands below this one`, 'a var can name only those above it: move it up'];
  const meant = closest(name, values.keys());
  if (meant !== undefined) return [`there is no var "${name}"`, `did you mean "${meant}"?`];
  const names = [...values.keys()];
  const there = names.length === 0 ? `add it: \`vars: { ${name}: … }\`` : `there are ${names.slice(0, 8).join(', ')}`;
  return [`there is no var "${name}"`, names.length > 8 ? `${there}, …` : there];
}
