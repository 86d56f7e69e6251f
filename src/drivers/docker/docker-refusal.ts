import type { Fault } from '../../model/fault.ts';
import type { HostName } from '../../model/names.ts';

/** How a docker command on a host ended. */
export interface DockerFailure {
  /** What it wrote to stderr. */
  readonly message: string;
  readonly code: number | undefined;
}

/** Why a host's engine cannot be reached, made out from what its docker command says. */
export function dockerRefusal(
  { message, code }: DockerFailure,
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
  return fault(`Docker on ${host} cannot be talked to: ${message}`);
}
