const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Calls `told` on the first SIGTERM or SIGINT; the next one has its default effect again, as it has once the function returned was called.
 */
export function onFirstSignal(told: () => void): () => void {
  const stopListening = () => {
    for (const signal of SIGNALS) process.off(signal, hear);
  };
  const hear = () => {
    stopListening();
    told();
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  return stopListening;
}
