import { rmSync } from 'node:fs';

/** Passed from the set-up to the tear-down as globals; Jest offers no other way. */
export interface TestServers {
  testServers?: { readonly directories: readonly string[]; stop(): Promise<void> };
}

export default async function globalTeardown(): Promise<void> {
  const run = globalThis as TestServers;
  const { testServers } = run;
  delete run.testServers;
  await testServers?.stop();
  for (const directory of testServers?.directories ?? []) rmSync(directory, { recursive: true, force: true });
}
