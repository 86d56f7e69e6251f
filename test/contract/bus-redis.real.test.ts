import { busContract } from './bus.ts';
import { redisBusRig } from './bus-redis-rig.ts';

busContract('a real Redis', redisBusRig);
busContract('database 5 of a real Redis', () => redisBusRig({ database: 5 }));
