import type { KeptMembers } from '../../lib/map-strings.ts';

/**
 * Members of events, plans and faults that hold tm's own words and the names that the config gives: they say what belongs together, so
 * they stay as they are even where a secret happens to be such a word.
 */
export const KEPT_MEMBERS: KeptMembers = {
  names: new Set([
    'type',
    'time',
    'reportedAt',
    'seq',
    'version',
    'run',
    'resumes',
    'test',
    'peer',
    'peers',
    'host',
    'hosts',
    'on',
    'name',
    'file',
    'directory',
    'path',
    'request',
    'kind',
    'what',
    'severity',
    'code',
    'phase',
    'intent',
    'step',
    'id',
    'after',
    'spec',
    'protocol',
    'level',
    'origin',
    'via',
    'precision',
    'outcome',
    'rule',
    'flags',
  ]),
  notBelow: new Set(['environment', 'vars']),
};
