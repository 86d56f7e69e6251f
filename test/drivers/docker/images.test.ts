import { describe, expect, test } from 'vitest';
import { type ImageInspection, imageIdentity } from '../../../src/drivers/docker/image-inspection.ts';
import { parseImageName } from '../../../src/drivers/docker/image-name.ts';
import { layerSizes } from '../../../src/drivers/docker/layer-sizes.ts';

describe('an image’s name', () => {
  test.each([
    ['redis', { registry: 'docker.io', repository: 'redis', tag: 'latest' }],
    ['redis:7', { registry: 'docker.io', repository: 'redis', tag: '7' }],
    ['my/peer:1.4', { registry: 'docker.io', repository: 'my/peer', tag: '1.4' }],
    ['localhost/peer', { registry: 'localhost', repository: 'localhost/peer', tag: 'latest' }],
    ['localhost:5000/peer', { registry: 'localhost:5000', repository: 'localhost:5000/peer', tag: 'latest' }],
    ['ghcr.io/a/b/c:x', { registry: 'ghcr.io', repository: 'ghcr.io/a/b/c', tag: 'x' }],
    ['redis@sha256:ab', { registry: 'docker.io', repository: 'redis', digest: 'sha256:ab' }],
    ['reg:5000/redis:7@sha256:ab', { registry: 'reg:5000', repository: 'reg:5000/redis', digest: 'sha256:ab' }],
  ])('%s', (ref, name) => {
    expect(parseImageName(ref)).toEqual(name);
  });
});

describe('an image’s identity', () => {
  const of = (change: Partial<ImageInspection> = {}, config: Record<string, unknown> = {}): string =>
    imageIdentity({
      ...{ Id: 'sha256:1', RepoTags: ['peer:1'], Architecture: 'amd64', Os: 'linux', Size: 10 },
      RootFS: { Layers: ['sha256:a', 'sha256:b'] },
      Config: { Cmd: ['peer'], Env: ['PATH=/bin'], Labels: { a: '1', b: '2' }, WorkingDir: '', ...config },
      ...change,
    });

  test('does not depend on where it is, and how an engine of which version shows it', () => {
    const same = [
      of({ Id: 'sha256:2', RepoTags: null, Size: 11 }),
      of({}, { Hostname: 'builder', Image: 'sha256:parent', AttachStdout: false }),
      of({}, { Entrypoint: null, Volumes: {}, OnBuild: [], User: '', ArgsEscaped: false }),
      of({}, { WorkingDir: undefined, Labels: { b: '2', a: '1' } }),
    ];
    expect(new Set(same)).toEqual(new Set([of()]));
  });

  test('depends on layers, platform and what decides how it runs', () => {
    const others = [
      of({ RootFS: { Layers: ['sha256:b', 'sha256:a'] } }),
      of({ Architecture: 'arm64' }),
      ...[{ Cmd: ['other'] }, { Env: ['PATH=/bin', 'A=1'] }, { User: 'peer' }, { Entrypoint: ['/run'] }].map((config) =>
        of({}, config),
      ),
      ...[{ Labels: { a: '1' } }, { ExposedPorts: { '1/tcp': {} } }, { StopSignal: 'SIGINT' }].map((config) =>
        of({}, config),
      ),
    ];
    expect(new Set([of(), ...others]).size).toBe(others.length + 1);
  });
});

describe('sizes of layers', () => {
  test('are those of the steps that weigh something', () => {
    expect(layerSizes([100, 0, 0, 20, 0, 3], 3)).toEqual([100, 20, 3]);
    expect(layerSizes([100, 0, 3], 3)).toEqual([100, 0, 3]);
    expect(layerSizes([], 0)).toEqual([]);
  });

  test('cannot be told where a layer itself may weigh nothing', () => {
    expect(layerSizes([100, 0, 0, 3], 3)).toBeUndefined();
    expect(layerSizes([100], 3)).toBeUndefined();
  });
});
