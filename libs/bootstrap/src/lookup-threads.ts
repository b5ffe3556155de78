/**
 * libuv uses at most half of its threads for DNS look-ups, which by default is two of four. Two names whose name server does
 * not answer then block all other look-ups for ten seconds, for every provider and host. An idle thread costs 10 KB.
 * https://nodejs.org/api/cli.html#uv_threadpool_sizesize
 */
const THREADS = 256;

/** Call this before the first use of the thread pool, which creates all threads. Keeps a value set by the operator. */
export function setLookupThreads(env: NodeJS.ProcessEnv): void {
  env['UV_THREADPOOL_SIZE'] ??= String(THREADS);
}
