import { createHash } from 'node:crypto';
import { DIGEST_PATTERN, type ImageDescriptor } from '@integrations/contracts';
import type { EgressResponse } from '../egress/egress';
import { jsonObject } from '../json-object';
import { ProviderError } from '../provider-error';

const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.artifact.manifest.v1+json',
];

/** All types at once: a registry answers 404 for an image whose type the client does not accept. */
export const ACCEPT_MANIFESTS = [...INDEX_TYPES, ...MANIFEST_TYPES].join(', ');
/** The size that the specification asks registries to accept; no manifest needs more. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** An entry of an index: one platform's image, or an artifact that refers to an image. */
export interface IndexEntry extends ImageDescriptor {
  readonly artifactType: string | null;
  /** Such as `linux/arm64/v8`; null if the entry names none. */
  readonly platform: string | null;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Manifest extends ImageDescriptor {
  readonly artifactType: string | null;
  /** The entries of an index; null for the manifest of a single image. */
  readonly entries: readonly IndexEntry[] | null;
}

/** The descriptor in the headers of a `HEAD`; null if they hold no valid digest. */
export function describedBy({ headers }: EgressResponse): ImageDescriptor | null {
  const digest = headers['docker-content-digest'];
  if (digest === undefined || !DIGEST_PATTERN.test(digest)) return null;
  const length = headers['content-length'];
  return { digest, mediaType: mediaTypeOf(headers), size: /^\d{1,15}$/.test(length ?? '') ? Number(length) : null };
}

/**
 * Reads a manifest that was fetched by `reference`; undefined if the answer is not a manifest. Throws `digest_mismatch`
 * if the content does not match its digest.
 */
export function readManifest(response: EgressResponse, reference: string): Manifest | undefined {
  const claimed = response.headers['docker-content-digest'];
  const algorithm = (DIGEST_PATTERN.test(reference) ? reference : 'sha256:').split(':')[0]!;
  const digest = digestOf(response.body, algorithm);
  const isOther = (named: string | undefined) =>
    named !== undefined && named.startsWith(`${algorithm}:`) && named !== digest;
  if (isOther(claimed) || (DIGEST_PATTERN.test(reference) && reference !== digest)) throw mismatch(reference);
  const content = jsonObject(response.text());
  if (!content) return undefined;
  const { mediaType, artifactType, manifests } = content;
  return {
    digest,
    mediaType: mediaTypeOf(response.headers) ?? textOf(mediaType),
    size: response.body.length,
    artifactType: textOf(artifactType),
    entries: Array.isArray(manifests) ? manifests.flatMap(entryOf) : null,
  };
}

/** Entries of an index that is generated per request and so has no digest to verify. Undefined if it is none. */
export function readEntries(response: EgressResponse): readonly IndexEntry[] | undefined {
  const manifests = jsonObject(response.text())?.['manifests'];
  return Array.isArray(manifests) ? manifests.flatMap(entryOf) : undefined;
}

/** Throws `digest_mismatch` if `reference` is a digest and the manifest has another one. */
export function verifyReference(reference: string, { digest }: ImageDescriptor): void {
  if (DIGEST_PATTERN.test(reference) && digest !== reference) throw mismatch(reference);
}

/** The entry for a platform. `linux/arm64` matches a sole variant as well. Undefined if no entry or several match. */
export function entryFor(entries: readonly IndexEntry[], platform: string): IndexEntry | undefined {
  const exact = entries.find((entry) => entry.platform === platform);
  if (exact) return exact;
  const variants = entries.filter((entry) => entry.platform?.startsWith(`${platform}/`));
  return variants.length === 1 ? variants[0] : undefined;
}

function digestOf(body: Uint8Array, algorithm: string): string {
  return `${algorithm}:${createHash(algorithm).update(body).digest('hex')}`;
}

function mismatch(reference: string): ProviderError {
  return new ProviderError('digest_mismatch', `The content of ${reference} does not match its digest`);
}

function mediaTypeOf(headers: Readonly<Record<string, string>>): string | null {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return type === undefined || ['', 'application/json', 'text/plain'].includes(type) ? null : type;
}

function entryOf(value: unknown): IndexEntry[] {
  const { digest, mediaType, size, artifactType, platform, annotations } = (value ?? {}) as Record<string, unknown>;
  if (typeof digest !== 'string' || !DIGEST_PATTERN.test(digest)) return [];
  return [
    {
      digest,
      mediaType: textOf(mediaType),
      size: typeof size === 'number' ? size : null,
      artifactType: textOf(artifactType),
      platform: platformOf(platform),
      annotations: textsOf(annotations),
    },
  ];
}

function platformOf(value: unknown): string | null {
  const { os, architecture, variant } = (value ?? {}) as Record<string, unknown>;
  if (typeof os !== 'string' || typeof architecture !== 'string') return null;
  return [os, architecture, ...(typeof variant === 'string' ? [variant] : [])].join('/');
}

function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(value ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
