import { toYaml } from './yaml';

it('writes objects, lists and texts in block style', () => {
  const value = { a: 1, 'b c': [true, null, { d: 'plain', e: [] }], f: {}, g: 'say: "no"', h: 'yes', i: '1.0' };
  expect(toYaml(value)).toBe(`
a: 1
"b c":
  - true
  - null
  -
    d: plain
    e: []
f: {}
g: "say: \\"no\\""
h: "yes"
i: "1.0"
`);
});

it('leaves out undefined values', () => {
  expect(toYaml({ a: undefined, b: 'x' })).toBe('\nb: x\n');
});
