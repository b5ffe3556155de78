import { RouteTable } from './route-table';

describe('RouteTable', () => {
  const table = new RouteTable();
  table.add('GET', '/things');
  table.add(['POST', 'HEAD'], '/things');
  table.add('DELETE', '/things/:id');
  table.add('GET', '/things/all');

  it.each([
    ['/things', ['GET', 'HEAD', 'POST']],
    ['/things/7', ['DELETE']],
    ['/things/all', ['DELETE', 'GET']],
    ['/things/', []],
    ['/things/7/parts', []],
    ['/other', []],
  ])('at %s: %j', (path, methods) => {
    expect(table.methodsAt(path)).toEqual(methods);
  });
});
