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

/** All of them at once: a registry answers 404 for an image whose type was not asked for. */
export const ACCEPT_MANIFESTS = [...INDEX_TYPES, ...MANIFEST_TYPES].join(', ');
/** What the specification asks registries to take; none needs more. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** An image of a multi-platform one, or what refers to an image. */
export interface IndexEntry extends ImageDescriptor {
  readonly artifactType: string | null;
  /** `linux/arm64/v8`; null where none is said. */
  readonly platform: string | null;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Manifest extends ImageDescriptor {
  readonly artifactType: string | null;
  /** Of an index; null of a manifest of one image. */
  readonly entries: readonly IndexEntry[] | null;
}

/** What a `HEAD` tells; null without a digest that can be one. */
export function describedBy({ headers }: EgressResponse): ImageDescriptor | null {
  const digest = headers['docker-content-digest'];
  if (digest === undefined || !DIGEST_PATTERN.test(digest)) return null;
  const length = headers['content-length'];
  return { digest, mediaType: mediaTypeOf(headers), size: /^\d{1,15}$/.test(length ?? '') ? Number(length) : null };
}

/**
 * A manifest that was fetched by `reference`. Throws `digest_mismatch` where its content is not what its digest names, and
 * undefined where it is no manifest.
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

/** Of an index that is made at the moment, so that there is no digest to hold it against; undefined where it is none. */
export function readEntries(response: EgressResponse): readonly IndexEntry[] | undefined {
  const manifests = jsonObject(response.text())?.['manifests'];
  return Array.isArray(manifests) ? manifests.flatMap(entryOf) : undefined;
}

/** Throws `digest_mismatch` where `found` is not what was asked for. */
export function verifyReference(reference: string, { digest }: ImageDescriptor): void {
  if (DIGEST_PATTERN.test(reference) && digest !== reference) throw mismatch(reference);
}

/** The one for a platform; `linux/arm64` takes any variant where there is just one. Undefined where none or several fit. */
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
  return new ProviderError('digest_mismatch', `What came back for ${reference} is not what its digest names`);
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
