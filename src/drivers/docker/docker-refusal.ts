import type { Fault } from '../../model/fault.ts';
import type { HostName } from '../../model/names.ts';

/** How a docker command on a host ended. */
export interface DockerFailure {
  /** What it wrote to stderr. */
  readonly message: string;
  readonly code: number | undefined;
  /** What was written to stdout in place of an engine's answers, where stderr does not tell a failure. */
  readonly instead?: string | undefined;
}

/** Why a host's engine cannot be reached, made out from what its docker command says. */
export function dockerRefusal(
  { message, code, instead }: DockerFailure,
  { host, user }: { readonly host: HostName; readonly user: string },
): Fault {
  const fault = (text: string, hint?: string): Fault => ({
    ...{ kind: 'unreachable', what: 'docker', host, message: text },
    ...(hint === undefined ? {} : { hint }),
  });
  if (code === 127 || /command not found/.test(message)) {
    return fault(`Docker was not found on ${host}`, 'install it there: https://docs.docker.com/engine/install/');
  }
  if (/permission denied/i.test(message)) {
    return fault(`${user} may not use Docker on ${host}`, `there: sudo usermod -aG docker ${user}`);
  }
  if (
    /cannot connect to the docker daemon|is the docker daemon running|dial unix .*(no such file|refused)/i.test(message)
  ) {
    return fault(`the Docker daemon does not run on ${host}`, 'there: sudo systemctl start docker');
  }
  if (/not a docker command|unknown command/i.test(message)) {
    return fault(
      `the SSH server of ${host} does not forward Docker’s socket, and its docker command is too old to help`,
      'set `AllowStreamLocalForwarding yes` in its sshd_config, or install Docker 18.09 or later',
    );
  }
  if (instead !== undefined) {
    const said = [instead, message].find((text) => text !== '')?.replace(/\s+/g, ' ') ?? '';
    return fault(
      `the login shell of ${user} on ${host} did not run the docker command, and wrote: ${said.slice(0, 200)}`,
      'commands must get through it: let no start-up file such as ~/.bashrc end a shell that is not interactive, and no nologin stand in for it',
    );
  }
  return fault(`Docker on ${host} cannot be talked to: ${message}`);
}
