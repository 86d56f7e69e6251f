/** Why commands are not sent, and steps not begun, although nothing is wrong with them: no failure of their own. */

/** A person or a signal ended the run. */
export const STOPPED = 'the run was stopped';

/** `--fail-fast` ended the timeline. */
export const FAILED_FAST = 'the test had failed already (--fail-fast)';
