/**
 * Half of libuv's threads may look names up, which is two of four: two names whose name server does not answer hold up all
 * others for ten seconds, whatever provider or host they are of. Idle, each thread costs 10 KB.
 * https://nodejs.org/api/cli.html#uv_threadpool_sizesize
 */
const THREADS = 256;

/** To be called before the first of them is used, which is when all are made. What the operator has set stays. */
export function giveLookupsThreads(env: NodeJS.ProcessEnv): void {
  env['UV_THREADPOOL_SIZE'] ??= String(THREADS);
}
