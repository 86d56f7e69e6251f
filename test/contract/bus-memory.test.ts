import { busContract } from './bus.ts';
import { memoryBusRig } from './bus-memory-rig.ts';

busContract('a Redis in memory', memoryBusRig);
