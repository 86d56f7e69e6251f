import protocol from '../../schemas/protocol.json' with { type: 'json' };

/** One sentence of the protocol that can hold or not. */
export interface Requirement {
  readonly id: string;
  readonly of: 'peer' | 'client' | 'tm';
  readonly level: 'must' | 'should';
  readonly since: string;
  /** It concerns only a peer of which this is true. */
  readonly if?: string;
  readonly text: string;
}

const ALL = protocol.requirements as readonly Requirement[];

/** Those that concern peers and their client libraries, in the order of schemas/protocol.json. */
export const REQUIREMENTS: readonly Requirement[] = ALL.filter((requirement) => requirement.of !== 'tm');

/** The protocol's numbers. */
export const { timing: TIMING, heartbeat: HEARTBEAT, restart: RESTART, logLevels: LOG_LEVELS } = protocol;
