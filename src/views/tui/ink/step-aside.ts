/**
 * Lets the thread that imports it run only when nothing else wants to: a picture may come late, a command may not. To be imported first, so that
 * what the thread loads after it is loaded so too. Only Linux gives each thread a priority of its own; elsewhere this would be the whole process's.
 */
import { constants, setPriority } from 'node:os';

if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
