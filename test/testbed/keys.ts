import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

export interface ClientKeys {
  readonly keyPath: string;
  readonly encryptedKeyPath: string;
  readonly authorizedKeysPath: string;
}

export const passphrase = 'mule';

/** Two keys that each host lets in: a plain one, and another one that only its passphrase opens. */
export async function makeClientKeys(dir: string): Promise<ClientKeys> {
  const keyPath = join(dir, 'id_ed25519');
  const encryptedKeyPath = join(dir, 'id_ed25519_encrypted');
  const authorizedKeysPath = join(dir, 'authorized_keys');
  const publicKeys = await Promise.all([
    makeKey(keyPath, '', 'tm-testbed'),
    makeKey(encryptedKeyPath, passphrase, 'tm-testbed-encrypted'),
  ]);
  await writeFile(authorizedKeysPath, publicKeys.join(''));
  return { keyPath, encryptedKeyPath, authorizedKeysPath };
}

/** Makes an ed25519 key pair at `path` and `path.pub`; gives the public key's line. */
export async function makeKey(path: string, secret: string, comment: string): Promise<string> {
  await runCommand('ssh-keygen', ['-q', '-t', 'ed25519', '-N', secret, '-C', comment, '-f', path]);
  return readFile(`${path}.pub`, 'utf8');
}
