import { describe, expect, test } from 'vitest';
import { dockerRefusal } from '../../../src/drivers/docker/docker-refusal.ts';
import { EngineError, explainEngineError } from '../../../src/drivers/docker/engine-error.ts';
import type { EngineTransport } from '../../../src/drivers/docker/engine-transport.ts';
import { TmError } from '../../../src/model/fault.ts';
import { hostName } from '../../../src/model/names.ts';

describe('why a docker command on a host failed', () => {
  test.each([
    [127, 'bash: line 1: docker: command not found', /was not found/, /install/],
    [127, 'sh: 1: docker: not found', /was not found/, /install/],
    [
      1,
      'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
      /deploy may not use Docker/,
      /usermod -aG docker deploy/,
    ],
    [1, 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.', /does not run/, /systemctl start/],
    [
      1,
      'failed to open the raw stream connection: dial unix /var/run/docker.sock: connect: connection refused',
      /does not run/,
      /systemctl start/,
    ],
    [1, `docker: 'dial-stdio' is not a docker command.`, /too old/, /18\.09/],
    [1, 'something else', /something else/, undefined],
  ])('%i %s', (code, message, text, hint) => {
    const fault = dockerRefusal({ code, message }, { host: hostName('h1'), user: 'deploy' });
    expect(fault).toMatchObject({
      kind: 'unreachable',
      what: 'docker',
      host: 'h1',
      message: expect.stringMatching(text),
    });
    expect('hint' in fault ? fault.hint : undefined).toEqual(
      hint === undefined ? undefined : expect.stringMatching(hint),
    );
  });

  test.each([
    ['This account is\nnot available.', 'This account is not available.', 'This account is not available.'],
    ['', 'come back later', 'come back later'],
  ])('the login shell did not run it, and wrote %j', (instead, message, said) => {
    const fault = dockerRefusal({ code: 0, message, instead }, { host: hostName('h1'), user: 'deploy' });
    expect(fault).toMatchObject({
      kind: 'unreachable',
      what: 'docker',
      message: `the login shell of deploy on h1 did not run the docker command, and wrote: ${said}`,
      hint: expect.stringContaining('~/.bashrc'),
    });
  });
});

describe('what an engine says', () => {
  const at: EngineTransport = {
    host: hostName('h1'),
    where: 'h1',
    maxConnections: 1,
    connect: () => {
      throw new Error('nothing is opened here');
    },
    explain: (error) => new TmError({ kind: 'failed', message: error.message }),
  };

  test.each([
    [500, 'Bind for 0.0.0.0:12000 failed: port is already allocated', /base_port/],
    [404, 'No such image: peer:1', /pulled or built/],
    [500, 'write /var/lib/docker/tmp: no space left on device', /docker system df/],
    [400, 'OCI runtime create failed: exec: "peer": executable file not found in $PATH', /command/],
    [500, 'manifest unknown: manifest unknown', /tag/],
    [401, 'unauthorized: authentication required', /docker login/],
    [409, 'conflict: unable to remove repository reference "peer:1"', /docker ps/],
    [500, 'dial tcp: lookup images.example: no such host', /reach the registry/],
  ])('%i %s has a hint', (status, said, hint) => {
    const error = explainEngineError(new EngineError(status, said), 'could not do it', at);
    expect(error).toMatchObject({
      fault: {
        kind: 'failed',
        host: 'h1',
        message: `could not do it on h1: ${said}`,
        hint: expect.stringMatching(hint),
      },
    });
  });

  test('is told without the names of its own parts', () => {
    const said = `driver failed programming external connectivity on endpoint tm-bob (${'a'.repeat(64)}): Bind failed`;
    const error = explainEngineError(new EngineError(500, said), 'could not start tm-bob', at);
    expect(error).toMatchObject({ fault: { message: 'could not start tm-bob on h1: Bind failed' } });
  });

  test('anything else stays what it is', () => {
    const error = new Error('a bug');
    expect(explainEngineError(error, 'could not do it', at)).toBe(error);
  });
});
