/** The signals that end a run: the first asks for a graceful end, the second leaves at once. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type EndSignal = (typeof SIGNALS)[number];

/** Exit code for a signal, as `tm` documents it. */
export const exitCodeOfSignal = (signal: EndSignal): number => (signal === 'SIGINT' ? 130 : 143);

/**
 * Calls `first` with the first signal and `second` with the next one, after which the process must end. Gives a function that puts
 * everything back.
 */
export function onEndSignals(first: (signal: EndSignal) => void, second: (signal: EndSignal) => void): () => void {
  let count = 0;
  const handlers = SIGNALS.map((signal) => {
    const handler = () => {
      count += 1;
      if (count === 1) first(signal);
      else if (count === 2) second(signal);
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => {
    for (const off of handlers) off();
  };
}
