import { CAPABILITIES, INTEGRATION_TYPES, PROVIDER_PATTERN } from '@integrations/contracts';
import { type ConnectorPlugin, PLUGIN_CONTRACT_VERSION } from '@integrations/provider-kit';

export type PluginCheck =
  { readonly ok: true; readonly plugin: ConnectorPlugin } | { readonly ok: false; readonly reason: string };

const METHODS = ['isAvailable', 'open', 'testConnection', 'checkHealth'] as const;
const OPTIONAL_METHODS = ['serves', 'servedFrom', 'origins', 'identityAt', 'budget'] as const;

/** Checks that a value is a plugin for this version of the platform. A refusal gives the operator the reason. */
export function checkPlugin(candidate: unknown): PluginCheck {
  if (candidate instanceof Promise)
    return refused('createPlugin() returned a promise; it must return the plugin itself');
  if (typeof candidate !== 'object' || candidate === null) return refused('createPlugin() did not return an object');
  const plugin = candidate as Record<string, unknown>;
  const { contractVersion } = plugin;
  if (typeof contractVersion !== 'number') {
    return refused(`${otherContract('unknown')}: contractVersion must be a number`);
  }
  if (contractVersion !== PLUGIN_CONTRACT_VERSION) return refused(otherContract(contractVersion));
  const wrong = FIELDS.filter(([name, isValid]) => !isValid(plugin[name]));
  if (wrong.length > 0) return refused(wrong.map(([name, , expected]) => `${name} ${expected}`).join('; '));
  return { ok: true, plugin: candidate as ConnectorPlugin };
}

export function refused(reason: string): PluginCheck {
  return { ok: false, reason };
}

function otherContract(theirs: number | 'unknown'): string {
  return `written for plugin contract ${theirs}, this platform uses ${PLUGIN_CONTRACT_VERSION}`;
}

type Field = readonly [name: string, isValid: (value: unknown) => boolean, expected: string];

const FIELDS: readonly Field[] = [
  ['provider', isProviderName, `must match ${PROVIDER_PATTERN.source}`],
  ['type', (value) => isOneOf(INTEGRATION_TYPES, value), `must be one of ${INTEGRATION_TYPES.join(', ')}`],
  ['displayName', (value) => typeof value === 'string' && value !== '', 'must be a string'],
  ['capabilities', isCapabilities, `must be a list of ${CAPABILITIES.join(', ')}`],
  ['requiredScopes', (value) => isListOf(value, isText), 'must be a list of strings'],
  ['defaultEndpoint', (value) => value === null || isAddress(value), 'must be a URL without a trailing slash, or null'],
  ['unixSocket', (value) => value === undefined || typeof value === 'boolean', 'must be true or false, or absent'],
  ['credential', isCredential, 'must be { required: boolean, description: string }'],
  ['config', isClass, 'must be the DTO class of the configuration'],
  ...OPTIONAL_METHODS.map((name): Field => [name, isMethodOrAbsent, 'must be a method, or absent']),
  ...METHODS.map((name): Field => [name, isMethod, 'must be a method']),
];

function isMethod(value: unknown): boolean {
  return typeof value === 'function';
}

function isMethodOrAbsent(value: unknown): boolean {
  return value === undefined || isMethod(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isOneOf(allowed: readonly string[], value: unknown): boolean {
  return isText(value) && allowed.includes(value);
}

function isListOf(value: unknown, isValid: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isValid);
}

function isProviderName(value: unknown): boolean {
  return isText(value) && PROVIDER_PATTERN.test(value);
}

function isCapabilities(value: unknown): boolean {
  return isListOf(value, (item) => isOneOf(CAPABILITIES, item));
}

function isAddress(value: unknown): boolean {
  return isText(value) && URL.canParse(value) && !value.endsWith('/');
}

function isClass(value: unknown): boolean {
  return typeof value === 'function' && value.prototype !== undefined;
}

function isCredential(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { required, description } = value as Record<string, unknown>;
  return typeof required === 'boolean' && isText(description);
}
