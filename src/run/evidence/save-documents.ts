import { redactConfig } from '../../config/redact-config.ts';
import type { EvidenceFile } from '../../model/event.ts';
import { redactPlan } from '../../plan/redact-plan.ts';
import type { RunStore } from '../../ports/store.ts';
import type { Session } from '../session.ts';
import { KEPT_MEMBERS } from './kept-members.ts';
import { orWarn } from './or-warn.ts';

/** Writes what the run was asked for and made with: `config.yaml`, `plan.json`, `versions.json`, without secrets. One that cannot be written is a warning. */
export async function saveDocuments(session: Session, runStore: RunStore): Promise<readonly EvidenceFile[]> {
  const { request, plan, redactor } = session;
  const write = (name: string, text: () => Promise<string> | string): Promise<readonly EvidenceFile[]> =>
    orWarn(session, `${name} could not be saved`, async () => runStore.write(name, await text()));
  const { config } = request;
  const saved = await Promise.all([
    config === undefined ? [] : write('config.yaml', async () => redactor.text(await redactConfig(config.text))),
    plan === undefined ? [] : write('plan.json', () => json(redactor.value(redactPlan(plan), KEPT_MEMBERS))),
    write('versions.json', () => json(redactor.value(versionsOf(session), KEPT_MEMBERS))),
  ]);
  return saved.flat();
}

function versionsOf({ versions, world, fleet, bus, request }: Session): object {
  return versions.of(world, fleet, { kind: request.desired.redis.kind, version: bus?.version });
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
