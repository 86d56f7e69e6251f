import type { AnyAuthMethod } from 'ssh2';
import { TmError } from '../../model/fault.ts';
import { ChosenAgent } from './chosen-agent.ts';
import { shortPath } from './expand-path.ts';
import type { KeyRing } from './key-ring.ts';
import type { SshTarget } from './target.ts';

/**
 * The ways to prove who we are to one server, one after the other: first the agent, then key files. What was tried is
 * written to `tried`, for the message when nothing helped. Throws where the YAML asks for something that is not there.
 */
export async function* authMethods(
  target: SshTarget,
  ring: KeyRing,
  home: string,
  tried: string[],
): AsyncGenerator<AnyAuthMethod> {
  const { keys, user: username } = target;
  const agent = await usableAgent(target, ring);
  if (agent !== undefined && agent.keys.length > 0) {
    tried.push(`${agent.keys.length} ${agent.keys.length === 1 ? 'key' : 'keys'} of the agent`);
    yield { type: 'agent', username, agent };
  }
  for (const { path, isNamed } of keys.files) {
    const found = await ring.key(path);
    const shown = shortPath(path, home);
    if (found.kind === 'key') {
      tried.push(shown);
      yield { type: 'publickey', username, key: found.key };
    } else if (isNamed) {
      throw keyFault(target, shown, found);
    } else if (found.kind === 'locked') {
      tried.push(`not ${shown}, whose passphrase is not known`);
    }
  }
}

async function usableAgent({ host, keys }: SshTarget, ring: KeyRing): Promise<ChosenAgent | undefined> {
  const isAsked = keys.asked?.kind === 'agent';
  const fault = (message: string) =>
    new TmError({
      kind: 'unreachable',
      what: 'host',
      host,
      message,
      hint: 'start one with: eval "$(ssh-agent)" && ssh-add',
    });
  if (keys.agent === undefined) {
    if (isAsked) throw fault(`${host} is to be reached with the keys of the SSH agent, and SSH_AUTH_SOCK names none`);
    return undefined;
  }
  const halves = await Promise.all(keys.files.map(({ path }) => ring.publicKey(path)));
  const files = halves.filter((half) => half !== undefined);
  try {
    return await ChosenAgent.at(keys.agent, files, keys.onlyFiles);
  } catch (error) {
    // A socket that a dead agent left behind must not keep a key file from being used.
    if (isAsked) throw fault(`the SSH agent at ${keys.agent} does not answer: ${(error as Error).message}`);
    return undefined;
  }
}

function keyFault(
  { host }: SshTarget,
  path: string,
  found: { readonly kind: 'absent' | 'locked' } | { readonly kind: 'unreadable'; readonly because: string },
): TmError {
  switch (found.kind) {
    case 'absent':
      return new TmError({
        kind: 'unreachable',
        what: 'host',
        host,
        message: `the key ${path} for ${host} does not exist`,
        hint: 'correct `ssh_auth`',
      });
    case 'locked': {
      const hint = `load it into the agent (ssh-add ${path}), or give the passphrase in TM_SSH_PASSPHRASE`;
      return new TmError({
        kind: 'unreachable',
        what: 'host',
        host,
        message: `the key ${path} for ${host} is locked`,
        hint,
      });
    }
    case 'unreadable':
      return new TmError({
        kind: 'unreachable',
        what: 'host',
        host,
        message: `the key ${path} for ${host} cannot be used: ${found.because}`,
      });
  }
}
