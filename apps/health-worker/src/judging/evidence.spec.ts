import { ERROR_CODES, type ErrorCode, HEALTH_STATUSES } from '@integrations/contracts';
import { contradicts, evidenceOf } from './evidence';

describe('evidence from real traffic', () => {
  it('is a post that went through, or a post whose credential was refused', () => {
    expect(evidenceOf('annotation_posted', undefined)).toBe('works');
    const refusals = (Object.keys(ERROR_CODES) as ErrorCode[]).filter((code) => evidenceOf('annotation_failed', code));
    expect(refusals).toEqual(['unauthenticated', 'permission_missing', 'not_installed', 'secret_unresolvable']);
    expect(evidenceOf('annotation_parked', 'unauthenticated')).toBeNull();
  });

  it('asks for a probe if it contradicts the believed status', () => {
    expect(HEALTH_STATUSES.filter((believed) => contradicts('works', believed))).toEqual(['unhealthy']);
    expect(HEALTH_STATUSES.filter((believed) => contradicts('refused', believed))).toEqual(['healthy', 'degraded']);
  });
});
