import type { ConnectorPlugin } from '@integrations/provider-kit';
import { configSchema } from './config-schema';
import { checkPlugin, type PluginCheck, refused } from './plugin-shape';

/** A third-party package that was not loaded, with the reason for the operator. */
export interface RejectedPlugin {
  readonly packageName: string;
  readonly reason: string;
  /** The error that the package threw, with its stack. */
  readonly error?: unknown;
}

export interface LoadedPlugins {
  readonly plugins: readonly { readonly packageName: string; readonly plugin: ConnectorPlugin }[];
  readonly rejected: readonly RejectedPlugin[];
}

/** Returns the exports of a package. Injected, so that a test needs no package on disk. */
export type ImportPackage = (packageName: string) => Promise<unknown>;

// A name, optionally scoped and with a subpath. Never a file path or a URL, which could run code from anywhere.
const PACKAGE_NAME = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

const IMPORT_MS = 10_000;

/**
 * Loads the plugins named in configuration: npm packages that export `createPlugin(): ConnectorPlugin`. Never throws: a
 * package that cannot be used is rejected with a reason, and the others still load.
 */
export async function loadPlugins(
  packageNames: readonly string[],
  importPackage: ImportPackage = importFromDisk,
): Promise<LoadedPlugins> {
  const plugins: { packageName: string; plugin: ConnectorPlugin }[] = [];
  const rejected: RejectedPlugin[] = [];
  for (const packageName of new Set(packageNames)) {
    try {
      const loaded = await loadPlugin(packageName, importPackage);
      if (loaded.ok) plugins.push({ packageName, plugin: loaded.plugin });
      else rejected.push({ packageName, reason: loaded.reason });
    } catch (error) {
      rejected.push({ packageName, reason: firstLine(error), error });
    }
  }
  return { plugins, rejected };
}

async function loadPlugin(packageName: string, importPackage: ImportPackage): Promise<PluginCheck> {
  if (!PACKAGE_NAME.test(packageName)) return refused('not the name of an npm package');
  const exported = (await soon(importPackage(packageName))) as { createPlugin?: unknown };
  if (typeof exported.createPlugin !== 'function') return refused(noCreatePlugin(exported));
  const checked = checkPlugin(exported.createPlugin());
  // A DTO without class-validator's decorators must fail here, not at the first request for descriptors.
  if (checked.ok) configSchema(checked.plugin.config);
  return checked;
}

/** Limits the import: a package whose top-level await never ends would silently keep the app from starting. */
async function soon<T>(imported: Promise<T>): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`its import did not finish within ${IMPORT_MS} ms`)), IMPORT_MS);
  try {
    return await Promise.race([imported, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

// Node sees a CommonJS module's named exports only if they are assigned one by one.
function noCreatePlugin(exported: object): string {
  const names = Object.keys(exported).join(', ') || 'nothing';
  return `exports no function createPlugin, but ${names}`;
}

// The magic comment keeps the bundler from resolving a name that is known only at run time.
function importFromDisk(packageName: string): Promise<unknown> {
  return import(/* webpackIgnore: true */ packageName);
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] || 'failed without a message';
}
