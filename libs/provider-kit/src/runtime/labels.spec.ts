import { meetsLabels, parseLabels } from './labels';

describe('A label selector', () => {
  it('requires a value, an empty value, or any value', () => {
    expect(parseLabels('app.kubernetes.io/name=shop,tier,zone=')).toEqual([
      { name: 'app.kubernetes.io/name', value: 'shop' },
      { name: 'tier', value: null },
      { name: 'zone', value: '' },
    ]);
    expect(parseLabels('image=registry.example:5000/a=b')).toEqual([
      { name: 'image', value: 'registry.example:5000/a=b' },
    ]);
  });

  it('matches if every label is present with its value', () => {
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
