import type { Cursor } from './cursor';

/** True if the tool failed, or if `results` is absent, which means that the analysis never started (§3.14.23). */
export function isIncomplete(run: Cursor): boolean {
  if (!run.get('results').present) return true;
  return run
    .get('invocations')
    .items()
    .some((invocation) => invocation.get('executionSuccessful').raw() === false);
}

/** Number of errors in a run that completed, such as files that the tool could not read (appendix I). */
export function errorsOf(run: Cursor): number {
  const notifications = run
    .get('invocations')
    .items()
    .flatMap((invocation) => [
      ...invocation.get('toolExecutionNotifications').items(),
      ...invocation.get('toolConfigurationNotifications').items(),
    ]);
  return notifications.filter((notification) => notification.get('level').raw() === 'error').length;
}
