import { expect, test } from 'vitest';
import { withNotifications } from '../../../src/drivers/redis/notifications.ts';

test('what the server has stays, and only what is missing is added', () => {
  expect(withNotifications('')).toBe('K$lg');
  expect(withNotifications('Ex')).toBe('ExK$lg');
  expect(withNotifications('g$lK')).toBe('g$lK');
  // A stands for all classes, and not for the kind of channel.
  expect(withNotifications('AE')).toBe('AEK');
  expect(withNotifications('AKE')).toBe('AKE');
});
