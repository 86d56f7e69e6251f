import type { DesiredPeer } from '../model/desired.ts';
import type { ImageRef, RunId, TestName } from '../model/names.ts';
import type { ObservedContainer, UsedRun } from '../model/observed.ts';
import type { RedisStanding } from './diff-redis.ts';
import type { ImageStandard } from './image-standard.ts';
import { changedAttributes, UNKNOWN_LABEL } from './spec-label.ts';

/** What is to become of the container or process that has a peer's name. */
export type Judgement =
  /** As desired; it belongs to this run, which a new apply can go on with. */
  | { readonly kind: 'keep'; readonly run: RunId }
  | { readonly kind: 'replace'; readonly because: string; readonly forcedBy: readonly string[] }
  /** Not ours to touch. */
  | { readonly kind: 'conflict'; readonly because: string };

export interface Standard {
  readonly test: TestName;
  readonly desired: DesiredPeer;
  /** The label that it would be given now. */
  readonly label: string;
  readonly image: ImageStandard;
  /** Identity of the image that the machine has under the desired name now. */
  readonly imageThere: string | undefined;
  readonly redis: RedisStanding;
  readonly usedRuns: readonly UsedRun[];
  /** It runs, but has never reported a status: its start failed, or has only just begun. */
  readonly silent: boolean;
}

/**
 * Holds what is there against what is desired. Whether it is somebody else's comes first; then, for a replacement, what the config
 * changed, and how it has been used up. That its Redis is another is said only where nothing else is the matter.
 */
export function judge(actual: ObservedContainer, standard: Standard): Judgement {
  const { labels } = actual;
  if (labels === undefined) {
    return { kind: 'conflict', because: "is somebody else's (no label io.the-mule.test): remove or rename it" };
  }
  if (labels.test !== standard.test) {
    return { kind: 'conflict', because: `belongs to the test ${labels.test}: tm destroy it first` };
  }
  if (labels.peer === undefined) {
    return { kind: 'conflict', because: "is this test's own Redis: give the peer another name" };
  }
  const config = configReason(actual, labels.spec, standard);
  const wear = wornReason(actual, labels.run, standard);
  const redis = redisReason(labels.redis, standard.redis);
  const forcedBy = [...config.forcedBy, ...(redis === undefined ? [] : ['redis'])];
  const reasons = [config.because, wear].filter((reason) => reason !== undefined);
  if (reasons.length > 0) return { kind: 'replace', because: reasons.join('; '), forcedBy };
  if (redis !== undefined) return { kind: 'replace', because: redis, forcedBy };
  if (labels.run === '') return { kind: 'replace', because: 'does not say which run made it', forcedBy };
  return { kind: 'keep', run: labels.run };
}

interface Reason {
  readonly because?: string;
  readonly forcedBy: readonly string[];
}

function configReason(actual: ObservedContainer, label: string, standard: Standard): Reason {
  const changed = changedAttributes(label, standard.label);
  if (changed.includes(UNKNOWN_LABEL))
    return { because: 'its label io.the-mule.spec cannot be read', forcedBy: changed };
  const { workload } = standard.desired;
  const ref = workload.kind === 'container' ? workload.image : undefined;
  if (ref !== undefined && changed.includes('image') && actual.image !== ref) {
    return { because: `image ${imageStep(actual.image, ref)}`, forcedBy: changed };
  }
  const content = ref === undefined || changed.includes('image') ? undefined : contentReason(actual, ref, standard);
  if (content !== undefined) return { because: content, forcedBy: [...changed, 'image'] };
  return changed.length === 0 ? { forcedBy: [] } : { because: 'differs from the config', forcedBy: changed };
}

/** `1.3 → 1.4` where only the tag is another, else both names in full. */
function imageStep(from: string | undefined, to: ImageRef): string {
  if (from === undefined) return `unknown → ${to}`;
  const repository = /^(.*):([^/:@]+)$/;
  const [, was, oldTag] = repository.exec(from) ?? [];
  const [, is, newTag] = repository.exec(to) ?? [];
  return was !== undefined && was === is && !was.includes('@') ? `${oldTag} → ${newTag}` : `${from} → ${to}`;
}

/** The same name may stand for another image by now. A container whose own image cannot be told is taken to be of the one that is there. */
function contentReason(actual: ObservedContainer, ref: ImageRef, { image, imageThere }: Standard): string | undefined {
  if (image.kind === 'none') return undefined;
  if (image.kind === 'pulled') return `image ${ref} is to be pulled first`;
  const made = actual.imageIdentity ?? imageThere;
  if (made === undefined) return `image ${ref} can no longer be compared`;
  return made === image.identity ? undefined : `image ${ref} was built anew`;
}

function wornReason(actual: ObservedContainer, run: RunId, { usedRuns, silent }: Standard): string | undefined {
  const used = usedRuns.find((one) => one.run === run);
  if (used !== undefined) {
    const clock = /T(\d\d:\d\d)/.exec(used.at ?? '')?.[1];
    return clock === undefined ? 'went through a timeline' : `went through a timeline at ${clock} UTC`;
  }
  switch (actual.state) {
    case 'running':
      return silent ? 'has not reported started' : undefined;
    case 'exited':
      return actual.exitCode === undefined ? 'has ended' : `has ended (exit code ${actual.exitCode})`;
    case 'created':
      return 'was never started';
    case 'paused':
      return 'is paused';
    case 'restarting':
      return 'is being restarted by its engine';
    case 'dead':
      return 'is dead';
  }
}

function redisReason(instance: string, redis: RedisStanding): string | undefined {
  if (redis.kind === 'gone') return redis.because;
  return instance === redis.instance ? undefined : 'its Redis was made anew';
}
