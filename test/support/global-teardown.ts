import { rmSync } from 'node:fs';

/** What the set-up leaves for the tear-down; Jest offers no other way between the two. */
export interface TestServers {
  testServers?: { readonly directory: string; stop(): Promise<void> };
}

export default async function globalTeardown(): Promise<void> {
  const { testServers } = globalThis as TestServers;
  await testServers?.stop();
  if (testServers) rmSync(testServers.directory, { recursive: true, force: true });
}
