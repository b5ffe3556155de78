import type { Cursor } from './cursor';

/** The tool failed, or there are no results, not even none: then the analysis was never begun (§3.14.23). */
export function isIncomplete(run: Cursor): boolean {
  if (!run.get('results').present) return true;
  return run
    .get('invocations')
    .items()
    .some((invocation) => invocation.get('executionSuccessful').raw() === false);
}

/** How many errors the tool met although it ran to its end, such as files that it could not read (appendix I). */
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
