import { meetsLabels, parseLabels } from './labels';

describe('A selector of labels', () => {
  it('asks for a value, for an empty one, or for any', () => {
    expect(parseLabels('app.kubernetes.io/name=shop,tier,zone=')).toEqual([
      { name: 'app.kubernetes.io/name', value: 'shop' },
      { name: 'tier', value: null },
      { name: 'zone', value: '' },
    ]);
    expect(parseLabels('image=registry.example:5000/a=b')).toEqual([
      { name: 'image', value: 'registry.example:5000/a=b' },
    ]);
  });

  it('is met where every label is there with its value', () => {
    const labels = { app: 'shop', tier: 'web', zone: '' };
    for (const selector of ['app=shop', 'app', 'app=shop,tier=web', 'zone=', 'zone']) {
      expect(meetsLabels(labels, parseLabels(selector))).toBe(true);
    }
    for (const selector of ['app=other', 'other', 'app=shop,tier=', 'toString', 'APP=shop']) {
      expect(meetsLabels(labels, parseLabels(selector))).toBe(false);
    }
    expect(meetsLabels(labels, [])).toBe(true);
  });
});
