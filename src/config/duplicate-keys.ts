import { MAX_FAULTS } from './max-faults.ts';
import type { SpanFault } from './span-fault.ts';
import type { Node, Span } from './tree.ts';

/** Keys that stand in one map more than once. `lineOf` gives the line of a place. */
export function duplicateKeys(root: Node, lineOf: (span: Span) => number): readonly SpanFault[] {
  const faults: SpanFault[] = [];
  // Aliases lead to a node several times; its keys are to be complained about once.
  const seen = new Set<Node>();
  const visit = (node: Node): void => {
    if (node.kind === 'scalar' || seen.has(node) || faults.length >= MAX_FAULTS) return;
    seen.add(node);
    if (node.kind === 'list') {
      for (const item of node.items) visit(item);
      return;
    }
    const first = new Map<string, Span>();
    for (const { key, keySpan, value } of node.entries) {
      const before = first.get(key);
      if (before === undefined) first.set(key, keySpan);
      else if (faults.length < MAX_FAULTS) faults.push(fault(key, keySpan, lineOf(before)));
      visit(value);
    }
    for (const { value } of node.merged) visit(value);
  };
  visit(root);
  return faults;
}

function fault(key: string, span: Span, firstLine: number): SpanFault {
  const message = `duplicate key ${JSON.stringify(key)}`;
  return { severity: 'error', code: 'duplicate-key', message, suggestion: `the first is on line ${firstLine}`, span };
}
