import type { PortSpec } from '../model/spec.ts';

const PORT = /^(\d{1,6})(?::(\d{1,6}))?(?:\/(tcp|udp))?$/;

/** Reads `8080`, `8080:80` or `8080:80/udp`; gives what is wrong as a sentence. */
export function readPort(written: string | number): PortSpec | { readonly malformed: string } {
  const parts = PORT.exec(String(written));
  if (parts === null) return { malformed: `"${written}" is no port` };
  const hostPort = Number(parts[1]);
  const containerPort = Number(parts[2] ?? parts[1]);
  const outside = [hostPort, containerPort].find((port) => port < 1 || port > 65535);
  if (outside !== undefined) return { malformed: `a port goes from 1 to 65535, and ${outside} is none` };
  return { hostPort, containerPort, protocol: parts[3] === 'udp' ? 'udp' : 'tcp' };
}
