import type { Draft } from './draft.ts';
import type { Host } from './test-config.generated.ts';

/**
 * The display name of each host entry: its `name`, else its address. Entries without a name that share an address are told apart by
 * their base port, since the Rust tool takes them and a name must be unique here.
 */
export function hostNames(hosts: readonly (Draft<Host> | undefined)[], defaultPort: number): readonly string[] {
  const taken = new Set<string>();
  return hosts.map((host) => {
    const { name, address = '', base_port: port = defaultPort } = host ?? {};
    const plain = name ?? address;
    const chosen = name === undefined && taken.has(plain) ? `${plain}:${port}` : plain;
    taken.add(chosen);
    return chosen;
  });
}
