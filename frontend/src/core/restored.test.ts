import { expect, test } from 'vitest';
import { restoredWords } from './restored';

test('the message names what was restored, and is empty where nothing was', () => {
  expect(restoredWords({ typed: true, settings: false, views: 0 })).toBe('Restored what you had typed.');
  expect(restoredWords({ typed: true, settings: true, views: 0 })).toBe(
    'Restored what you had typed and your settings.',
  );
  expect(restoredWords({ typed: true, settings: true, views: 2 })).toBe(
    'Restored what you had typed, your settings and 2 views in Compare.',
  );
  expect(restoredWords({ typed: false, settings: false, views: 1 })).toBe('Restored 1 view in Compare.');
  expect(restoredWords({ typed: false, settings: false, views: 0 })).toBe('');
});
