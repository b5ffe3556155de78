import type { ProviderDescriptor } from '@integrations/contracts';
import type { FormField, Leaf, LeafKind } from './form-field';
import { fieldsOfSchema } from './schema-fields';

export interface Section {
  readonly title: string;
  readonly fields: readonly FormField[];
}

export const AUTH_REF = 'authRef';
const REFERENCE = 'Format: authref://<store>/<path>[#<key>]. The secret itself stays in its store.';

/** The sections of a provider's form. `enabled` is part of it only for a new one; later it has its own action. */
export function sectionsFor(provider: ProviderDescriptor, isNew: boolean): Section[] {
  const own = fieldsOfSchema(provider.configSchema, 'config');
  return [
    { title: 'Name and tags', fields: NAMING },
    { title: 'Endpoint and credential', fields: [endpointOf(provider), authRefOf(provider)] },
    { title: `Settings of ${provider.displayName}`, fields: own },
    {
      title: 'Operation',
      fields: [INTERVAL, ...(provider.type === 'scm' ? [POSTING] : []), ...(isNew ? [ENABLED] : [])],
    },
  ].filter(({ fields }) => fields.length > 0);
}

const NAMING: readonly FormField[] = [
  leaf('name', 'text', 'Name', {
    required: true,
    hint: 'Unique in the tenant: up to 100 letters, digits, spaces or ._()/-',
  }),
  leaf('description', 'long', 'Description', {}),
  leaf('tags', 'words', 'Tags', { hint: 'Up to 20, separated by spaces: lower-case letters, digits or :._-' }),
];

const INTERVAL = leaf('healthCheck.intervalSeconds', 'integer', 'Health check interval', {
  hint: 'Seconds between checks, 10 to 86,400.',
  byDefault: '60',
  min: 10,
  max: 86_400,
});

const POSTING = leaf('posting', 'choice', 'Posting', {
  hint: 'Offline: nothing is sent; operations are parked with their payloads.',
  byDefault: 'online',
  options: ['online', 'offline'],
});

const ENABLED = leaf('enabled', 'flag', 'Enabled', {
  hint: 'Checks and posting start at once.',
  byDefault: 'true',
});

function endpointOf({ defaultEndpoint }: ProviderDescriptor): Leaf {
  return leaf('endpoint', 'text', 'Endpoint', {
    required: defaultEndpoint === null,
    hint: "Base URL of the vendor's API.",
    byDefault: defaultEndpoint ?? '',
  });
}

function authRefOf({ credential }: ProviderDescriptor): Leaf {
  const { required, description } = credential;
  return leaf(AUTH_REF, 'text', 'Credential reference', { required, hint: `${description} ${REFERENCE}` });
}

function leaf(path: string, kind: LeafKind, label: string, more: Partial<Leaf>): Leaf {
  return { path, kind, label, hint: '', required: false, byDefault: '', options: [], ...more };
}
