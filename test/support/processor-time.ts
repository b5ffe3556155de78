/**
 * Begins to count, and answers how many milliseconds of a processor this thread has had since. A bound on it holds on a
 * machine that is busy with something else, which one on the time of day does not.
 */
export function processorTime(): () => number {
  const began = process.threadCpuUsage();
  return () => {
    const { user, system } = process.threadCpuUsage(began);
    return (user + system) / 1_000;
  };
}
