import { assertNever } from '../lib/assert-never.ts';
import { Secret } from '../lib/secret.ts';
import { redisSpec } from '../model/labels.ts';
import type { HostName } from '../model/names.ts';
import { hostName } from '../model/names.ts';
import type { Action, Step } from '../model/plan.ts';
import { transferOf } from '../plan/transfer.ts';
import type { Images } from '../ports/images.ts';
import { bindAddresses, managedUrl, redisUrlAt } from './addresses.ts';
import { progressReporter } from './progress.ts';
import { remember } from './remember.ts';
import type { Session } from './session.ts';

/** How long an ended container gets between SIGTERM and SIGKILL. Its peer was asked to shut down over the wire before. */
const REMOVE_GRACE_MS = 2000;

type ActionOf<K extends Action['kind']> = Extract<Action, { kind: K }>;

/**
 * Does one step, through the ports, without deciding anything. Gives a note for the person watching, if there is one.
 * Only what may take long (bytes, a server that starts) listens to the stop signal: a container that is being made is
 * finished first, so that nothing appears after the teardown has looked.
 */
export async function perform(step: Step, session: Session): Promise<string | undefined> {
  const { action } = step;
  switch (action.kind) {
    case 'image.pull':
      return pull(step, action, session);
    case 'image.send':
      return send(step, action, session);
    case 'image.remove':
      return void (await imagesOf(session, action.on).remove(action.ref, NEVER));
    case 'redis.start':
      return startRedis(session);
    case 'redis.remove':
      return removeRedis(session);
    case 'redis.remove-former':
      return removeFormerRedis(action, session);
    case 'redis.prepare':
      return prepareRedis(action, session);
    case 'peer.run':
      return runPeer(action, session);
    case 'peer.remove':
      return void (await session.fleet.host(action.on).containers.remove(action.id, REMOVE_GRACE_MS, NEVER));
    default:
      return assertNever(action);
  }
}

/** For the steps that are always finished; the drivers bound each of their calls themselves. */
const NEVER = new AbortController().signal;

async function pull(step: Step, action: ActionOf<'image.pull'>, session: Session): Promise<string | undefined> {
  const images = imagesOf(session, action.on);
  try {
    await images.pull(action.ref, progressReporter(session, step.id), session.stop.signal);
    return undefined;
  } catch (error) {
    if (!action.refresh || session.stop.signal.aborted) throw error;
    const why = error instanceof Error ? error.message : String(error);
    session.recorder.emit({
      type: 'warning',
      message: `${action.ref} could not be refreshed, the one that is here is used: ${why}`,
      hint: 'give the image a tag other than latest to stop asking for it',
    });
    return 'not refreshed';
  }
}

async function send(step: Step, action: ActionOf<'image.send'>, session: Session): Promise<string | undefined> {
  const target = imagesOf(session, action.on);
  const { control } = session.fleet;
  if (control === undefined) throw new Error('image.send without an engine on the control machine');
  const stop = session.stop.signal;
  let have: readonly string[] = action.have;
  if (action.pulledFirst) {
    // What the pull brought was not known when this was planned.
    const [ours, there, chains] = await Promise.all([
      control.images.find(action.ref, stop),
      target.find(action.ref, stop),
      target.layerChains(stop),
    ]);
    if (ours !== undefined && ours.identity === there?.identity) return 'the same is there';
    have = ours === undefined ? [] : transferOf(ours, chains).have;
  }
  await control.courier.send(action.ref, target, new Set(have), progressReporter(session, step.id), stop);
  return undefined;
}

async function startRedis(session: Session): Promise<undefined> {
  const { desired } = session.request;
  const { redis, spec } = desired;
  if (redis.kind === 'external') throw new Error('an external Redis is not started');
  // A new server gets a new password: peers of the old one cannot talk to it by mistake.
  session.redis.password = redis.auth === 'generated' ? new Secret(session.world.entropy.hex(24)) : undefined;
  const url = managedUrl(redis.port, session.redis.password);
  session.redis.url = url;
  await remember(session);
  const bind = bindAddresses(session.observed?.hosts ?? [], spec.redis);
  await session.world.redisServers.start(
    redis,
    {
      labels: { test: spec.test, run: session.run, host: hostName('control'), spec: redisSpec(bind), redis: '' },
      ...(session.redis.password === undefined ? {} : { password: session.redis.password }),
      bind,
    },
    session.stop.signal,
  );
  await session.redis.connect(url, session.stop.signal);
  return undefined;
}

async function prepareRedis({ peers }: ActionOf<'redis.prepare'>, session: Session): Promise<undefined> {
  const bus = busOf(session);
  await bus.clear(peers, session.stop.signal);
  // Before any peer is started: what one reports from here on cannot hide behind its next report. An external server is not ours to follow.
  // All peers, also those that run already, as all are listened to.
  const all = [...session.board.peers.keys()];
  if (session.request.desired.redis.kind !== 'external') await bus.replicate(all, session.stop.signal);
  return undefined;
}

async function removeRedis(session: Session): Promise<undefined> {
  const { redis, spec } = session.request.desired;
  await session.redis.close();
  if (redis.kind !== 'external') await session.world.redisServers.remove(redis, spec.test, NEVER);
  return undefined;
}

async function removeFormerRedis({ redis }: ActionOf<'redis.remove-former'>, session: Session): Promise<undefined> {
  await session.world.redisServers.remove(redis, session.request.desired.spec.test, NEVER);
  session.formerRedis = undefined;
  await remember(session);
  return undefined;
}

async function runPeer(action: ActionOf<'peer.run'>, session: Session): Promise<undefined> {
  const bus = busOf(session);
  const { spec } = session.request.desired;
  const redisAddress = session.addresses?.redis.get(action.on);
  const url = session.redis.url;
  if (redisAddress === undefined || url === undefined) throw new Error(`no Redis address for ${action.on}`);
  const host = session.fleet.host(action.on);
  const id = await host.containers.run(
    {
      name: action.name,
      peer: action.peer,
      labels: {
        test: spec.test,
        run: session.run,
        peer: action.peer,
        host: action.on,
        spec: action.spec,
        redis: bus.instance,
      },
      workload: action.workload,
      port: action.port,
      runEnvironment: {
        REDIS_URL: new Secret(redisUrlAt(url.reveal(), redisAddress)),
        HOST_ADDR: session.addresses?.host.get(action.on) ?? host.hostAddress,
        TM_RUN_ID: session.run,
      },
    },
    NEVER,
  );
  session.board.placed(action.peer, id);
  return undefined;
}

function imagesOf(session: Session, on: HostName | 'control'): Images {
  const images = on === 'control' ? session.fleet.control?.images : session.fleet.host(on as HostName).images;
  if (images === undefined) throw new Error(`no engine on ${on}`);
  return images;
}

function busOf(session: Session) {
  if (session.bus === undefined) throw new Error('Redis is not connected');
  return session.bus;
}
