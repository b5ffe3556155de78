import { storableJson } from './storable';

const at = new Date('2026-01-31T10:00:00Z');

it('storableJson removes NULs and replaces lone surrogates at every depth, in keys too', () => {
  const value = ['a\u0000b', { 'k\u0000': ['\ud800x', null, 1, true, at], empty: {} }];
  expect(JSON.parse(storableJson(value))).toEqual([
    'ab',
    { k: ['\ufffdx', null, 1, true, at.toISOString()], empty: {} },
  ]);
});

it('storableJson otherwise returns what JSON.stringify does', () => {
  const value = ['\\u0000', 'a "quoted" 😀\u001b\n', { at, none: undefined, deep: [[]] }];
  expect(storableJson(value)).toBe(JSON.stringify(value));
});
