import { unmetRequirements } from './requirements';

const meets = (version: string, minimumVersion?: string, requiredCapabilities: string[] = []) =>
  unmetRequirements({ minimumVersion, requiredCapabilities }, { agent: { version }, capabilities: ['btf', 'cgroup2'] });

describe('unmetRequirements', () => {
  it.each(['1.4.0', '1.4', 'v1.4.0', '1.4.1', '1.10.0', '2.0.0', '1.4.0+build.7', '1.4.1-rc.1'])(
    'accepts version %s as 1.4.0 or newer',
    (version) => expect(meets(version, '1.4.0')).toEqual([]),
  );

  it.each(['1.3.9', '1.3', '0.9.0', '1.4.0-rc.1', 'v1.4.0-rc.1+build', 'dev', '', '1', 'x1.4.0'])(
    'does not accept version "%s" as 1.4.0 or newer',
    (version) => expect(meets(version, '1.4.0')).toEqual([`is version ${version}, not 1.4.0 or newer`]),
  );

  it('requires no version by default, and names each missing capability', () => {
    expect(meets('dev')).toEqual([]);
    expect(meets('dev', undefined, ['btf'])).toEqual([]);
    expect(meets('1.0.0', '1.4.0', ['btf', 'lsm', 'xdp'])).toEqual([
      'is version 1.0.0, not 1.4.0 or newer',
      'lacks lsm, xdp',
    ]);
  });
});
