import type { Checks } from './check.ts';
import { CLIENT_STATUS_CHECKS } from './client-statuses.ts';
import { CLOSING_CHECKS } from './closing.ts';
import { COMMAND_CHECKS } from './commands.ts';
import { CONFIGURATION_CHECKS } from './configuration.ts';
import { CONNECTION_CHECKS } from './connections.ts';
import { ENVIRONMENT_CHECKS } from './environment.ts';
import { HEARTBEAT_CHECKS } from './heartbeats.ts';
import { LOG_CHECKS } from './logs.ts';
import { OUTAGE_CHECKS } from './outages.ts';
import { RESTART_CHECKS } from './restarts.ts';
import { STREAM_CHECKS } from './status-stream.ts';
import { STATUS_CHECKS } from './statuses.ts';

/** One check for each requirement of a peer or a client. */
export const CHECKS: Checks = {
  ...ENVIRONMENT_CHECKS,
  ...STATUS_CHECKS,
  ...STREAM_CHECKS,
  ...COMMAND_CHECKS,
  ...LOG_CHECKS,
  ...RESTART_CHECKS,
  ...CLOSING_CHECKS,
  ...CONNECTION_CHECKS,
  ...OUTAGE_CHECKS,
  ...HEARTBEAT_CHECKS,
  ...CLIENT_STATUS_CHECKS,
  ...CONFIGURATION_CHECKS,
};

/** Those that take long because they watch what a peer does in time: they are begun first. */
export const LONG_CHECKS: ReadonlySet<string> = new Set([
  'C-BACKOFF',
  'C-CLOSE-BOUNDED',
  'C-HEARTBEAT',
  'P-HEARTBEAT-FORM',
  'C-CLOSE-LEAVES',
  'C-LOG-BOUNDED',
]);
