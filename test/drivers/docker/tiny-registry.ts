import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { makeTar } from './make-tar.ts';

/** A registry with one image, for those who log in. */
export interface TinyRegistry extends AsyncDisposable {
  /** `127.0.0.1:40001`: a loopback address, so that engines ask for no TLS. */
  readonly address: string;
  /** The image in it. */
  readonly ref: string;
}

export interface TinyRegistryOptions {
  readonly user: string;
  readonly password: string;
  /** Content of the image's one file. */
  readonly content: Buffer;
}

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/** Serves what `docker pull` asks for: manifest, config and layer. */
export async function startTinyRegistry({ user, password, content }: TinyRegistryOptions): Promise<TinyRegistry> {
  const tar = makeTar([{ name: 'published', content }]);
  const layer = gzipSync(tar);
  const config = Buffer.from(
    JSON.stringify({
      ...{ architecture: process.arch === 'arm64' ? 'arm64' : 'amd64', os: 'linux', config: { Cmd: ['none'] } },
      rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
      history: [{ created: '2026-01-01T00:00:00Z', created_by: 'a test' }],
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      ...{ schemaVersion: 2, mediaType: MANIFEST },
      config: described('application/vnd.docker.container.image.v1+json', config),
      layers: [described('application/vnd.docker.image.rootfs.diff.tar.gzip', layer)],
    }),
  );
  const bodies = new Map<string, readonly [string, Buffer]>([
    ['/v2/', ['application/json', Buffer.from('{}')]],
    ['/v2/published/manifests/1', [MANIFEST, manifest]],
    [`/v2/published/manifests/${digestOf(manifest)}`, [MANIFEST, manifest]],
    [`/v2/published/blobs/${digestOf(config)}`, ['application/octet-stream', config]],
    [`/v2/published/blobs/${digestOf(layer)}`, ['application/octet-stream', layer]],
  ]);
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    const found = bodies.get(request.url ?? '');
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="tiny"' }).end();
    } else if (found === undefined) {
      response.writeHead(404, { 'Content-Type': 'application/json' });
      response.end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
    } else {
      const [type, body] = found;
      const headers = { 'Content-Type': type, 'Content-Length': body.length, 'Docker-Content-Digest': digestOf(body) };
      response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : body);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    ref: `${address}/published:1`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const described = (mediaType: string, bytes: Buffer) => ({ mediaType, size: bytes.length, digest: digestOf(bytes) });
