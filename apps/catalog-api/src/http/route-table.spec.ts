import { RouteTable } from './route-table';

describe('RouteTable', () => {
  const table = new RouteTable();
  table.add('GET', '/things');
  table.add(['POST', 'HEAD'], '/things');
  table.add('DELETE', '/things/:id');
  table.add('GET', '/things/all');
  table.add('PUT', '/paths/*');

  it.each([
    ['/things', ['GET', 'HEAD', 'POST']],
    ['/things/7', ['DELETE']],
    ['/things/all', ['GET']],
    ['/things/', []],
    ['/things/7/parts', []],
    ['/other', []],
    ['/paths', []],
    ['/paths/a', ['PUT']],
    ['/paths/a/b', ['PUT']],
    ['/others/a', []],
  ])('lists the methods at %s: %j', (path, methods) => {
    expect(table.methodsAt(path)).toEqual(methods);
  });

  it('suggests other methods only when the requested one is not served', () => {
    expect(table.insteadOf('DELETE', '/things/7')).toEqual([]);
    expect(table.insteadOf('DELETE', '/things/all')).toEqual(['GET']);
    expect(table.insteadOf('DELETE', '/other')).toEqual([]);
  });
});
