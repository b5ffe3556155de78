/** Something an app cannot work without. A check that throws or takes longer than two seconds counts as not ready. */
export interface ReadinessCheck {
  /** Shown in `/health/ready`: `database`, `nats`. */
  readonly name: string;
  isReady(): Promise<boolean>;
}

/** The token under which the app provides its `ReadinessCheck[]`. */
export const READINESS_CHECKS = Symbol('READINESS_CHECKS');

const TIMEOUT_MS = 2_000;

/** Never throws: a check that throws or takes too long is not ready. */
export async function isReady(check: ReadinessCheck): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), TIMEOUT_MS);
  try {
    return await Promise.race([check.isReady(), late.promise]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
