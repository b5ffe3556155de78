import { storableJson } from './storable';

const at = new Date('2026-01-31T10:00:00Z');

it('is JSON without what PostgreSQL cannot store, wherever in it that is', () => {
  const value = ['a\u0000b', { 'k\u0000': ['\ud800x', null, 1, true, at], empty: {} }];
  expect(JSON.parse(storableJson(value))).toEqual([
    'ab',
    { k: ['\ufffdx', null, 1, true, at.toISOString()], empty: {} },
  ]);
});

it('is as it was otherwise', () => {
  const value = ['\\u0000', 'a "quoted" 😀\u001b\n', { at, none: undefined, deep: [[]] }];
  expect(storableJson(value)).toBe(JSON.stringify(value));
});
