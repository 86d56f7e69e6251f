const undone = new Set<() => void>();
let listening = false;

/** Has `action`, which must not wait, done when this process exits. Gives a function that takes that back. */
export function atExit(action: () => void): () => void {
  // One listener for all: Node takes many for a leak.
  if (!listening) {
    listening = true;
    process.on('exit', () => {
      for (const each of undone) each();
    });
  }
  undone.add(action);
  return () => undone.delete(action);
}
