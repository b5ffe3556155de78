import { ApiProblem } from '../api/problem';
import { isShownAt, messagesAt } from './field-errors';

const problem = new ApiProblem(400, 'Invalid request', 'no', 'invalid_request', [
  { field: 'tags[1]', message: 'is too long' },
  { field: 'config.appId', message: 'is required' },
  { field: 'config.rules[0].name', message: 'is required' },
]);

describe('messagesAt', () => {
  it('finds the messages about a field and its parts', () => {
    expect(messagesAt(problem, 'tags')).toEqual(['entry 2 is too long']);
    expect(messagesAt(problem, 'config.appId')).toEqual(['is required']);
    expect(messagesAt(problem, 'config.rules')).toEqual(['[0].name is required']);
    expect(messagesAt(problem, 'config.app')).toEqual([]);
  });

  it('finds none in errors without fields', () => {
    expect(messagesAt(new Error('no'), 'tags')).toEqual([]);
    expect(messagesAt(null, 'tags')).toEqual([]);
  });
});

it('isShownAt tells which errors have a field on screen', () => {
  const isShown = isShownAt(['tags', 'config.appId']);
  expect(['tags[0]', 'config.appId', 'config.other', ''].map(isShown)).toEqual([true, true, false, false]);
});
