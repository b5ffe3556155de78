/**
 * Starts measuring. The returned function gives the CPU time in milliseconds that this thread has used since. Unlike a limit
 * on elapsed time, a limit on CPU time holds on a busy machine.
 */
export function processorTime(): () => number {
  const began = process.threadCpuUsage();
  return () => {
    const { user, system } = process.threadCpuUsage(began);
    return (user + system) / 1_000;
  };
}
