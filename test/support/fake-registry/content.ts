import { createHash } from 'node:crypto';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const EMPTY = 'application/vnd.oci.empty.v1+json';

export interface StoredManifest {
  readonly mediaType: string;
  readonly body: string;
  readonly digest: string;
}

/** The fields of a manifest that registries evaluate. */
interface ManifestContent {
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly subject?: { readonly digest: string };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly manifests?: readonly object[];
}

/** A repository: manifests by digest, and tags. */
export class FakeRepository {
  readonly tags = new Map<string, string>();
  readonly #manifests = new Map<string, StoredManifest>();

  /** Pushes an image of one platform, with different content for each tag. */
  push(tag: string): StoredManifest {
    return this.#store({ mediaType: MANIFEST, annotations: { tag } }, tag);
  }

  /** Pushes an image for several platforms, each `os/architecture[/variant]`. */
  pushIndex(tag: string, platforms: readonly string[]): StoredManifest {
    const manifests = platforms.map((platform) => {
      const [os, architecture, variant] = platform.split('/');
      return {
        ...descriptor(this.#store({ mediaType: MANIFEST, annotations: { tag, platform } })),
        platform: { os, architecture, variant },
      };
    });
    return this.#store({ mediaType: INDEX, manifests }, tag);
  }

  /** Pushes a manifest that refers to an image, such as a signature or an SBOM. */
  refer(subject: StoredManifest, artifactType: string, annotations: Record<string, string> = {}): StoredManifest {
    return this.#store({ mediaType: MANIFEST, artifactType, subject: descriptor(subject), annotations });
  }

  /** Pushes an index under a tag, as clients do at a registry without the referrers API. */
  tagReferrers(subject: StoredManifest): void {
    this.#store({ mediaType: INDEX, manifests: this.referrers(subject.digest) }, subject.digest.replace(':', '-'));
  }

  find(reference: string): StoredManifest | undefined {
    return this.#manifests.get(this.tags.get(reference) ?? reference);
  }

  /** Descriptors of the manifests that refer to a digest. */
  referrers(digest: string): object[] {
    return [...this.#manifests.values()].flatMap((stored) => {
      const { subject, artifactType, annotations } = JSON.parse(stored.body) as ManifestContent;
      return subject?.digest === digest ? [{ ...descriptor(stored), artifactType, annotations }] : [];
    });
  }

  #store(content: ManifestContent, tag?: string): StoredManifest {
    const empty = { mediaType: EMPTY, digest: digestOf('{}'), size: 2 };
    const body = JSON.stringify({
      schemaVersion: 2,
      ...(content.manifests ? {} : { config: empty, layers: [] }),
      ...content,
    });
    const stored = { mediaType: content.mediaType, body, digest: digestOf(body) };
    this.#manifests.set(stored.digest, stored);
    if (tag !== undefined) this.tags.set(tag, stored.digest);
    return stored;
  }
}

function digestOf(body: string): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

function descriptor({ mediaType, digest, body }: StoredManifest) {
  return { mediaType, digest, size: Buffer.byteLength(body) };
}
