import type { RelatedPlace } from '../finding';
import type { Cursor } from './cursor';
import { asFolder, isBelow, isTooLong, repositoryPath, type Roots, rootsOf } from './paths';
import { type Place, placeIn } from './place';

/** A base of URIs, from `originalUriBaseIds`. */
interface Base {
  /** Ends with a slash; empty if not given. */
  readonly uri: string;
  readonly on: string | null;
}

const ABSOLUTE = /^([a-z][a-z0-9+.-]*:|\/)/i;
const MAX_BASES = 10;
/** The most steps of a flow that are shown. */
const MAX_RELATED = 10;

/** Maps the locations of a run to places in the repository. */
export class SarifPlaces {
  readonly #bases: ReadonlyMap<string, Base>;
  readonly #artifacts: readonly Cursor[];
  /** Cached paths of the artifacts, because many results may be in one. */
  readonly #listed = new Map<Cursor, string | null>();
  /** The roots of the repository that the caller named. */
  readonly #said: Roots;
  readonly #roots: Roots;
  readonly #countsColumns: boolean;

  constructor(run: Cursor, root: string | undefined) {
    const bases = run.get('originalUriBaseIds').entries();
    this.#bases = new Map(
      bases.map(([id, base]) => [id, { uri: readBase(base.get('uri')), on: base.get('uriBaseId').text() ?? null }]),
    );
    this.#artifacts = run.get('artifacts').items();
    const absolute = [...this.#bases.values()].map(({ uri }) => uri).filter((uri) => /^(file:|\/)/i.test(uri));
    this.#said = root === undefined ? [] : rootsOf(root);
    this.#roots = [...this.#said, ...absolute.flatMap(rootsOf)];
    this.#countsColumns = countsColumns(run);
  }

  /** The place of a `location`; all null if it names no file of the repository. */
  read(location: Cursor): Place {
    const physical = location.get('physicalLocation');
    const region = physical.get('region');
    // A region may have only character or byte offsets, and then no line.
    return placeIn(this.#path(physical.get('artifactLocation')), {
      startLine: region.get('startLine'),
      startColumn: region.get('startColumn'),
      endLine: region.get('endLine'),
      endColumn: this.#countsColumns ? region.get('endColumn') : null,
    });
  }

  /** The related locations and the steps of the first flow. */
  related(result: Cursor): RelatedPlace[] {
    const steps = result.get('codeFlows').items()[0]?.get('threadFlows').items()[0]?.get('locations').items() ?? [];
    const flow = shortened(steps).map((step) => step.get('location'));
    const related = result.get('relatedLocations').items().slice(0, MAX_RELATED);
    return [...related, ...flow].flatMap((location) => {
      const { path, startLine } = this.read(location);
      const text = location.get('message').get('text').text() ?? null;
      return path === null ? [] : [{ path, line: startLine, text }];
    });
  }

  #path(artifact: Cursor): string | null {
    const index = artifact.get('index').integer(-1) ?? -1;
    const listed = artifact.get('uri').present ? undefined : this.#artifacts[index];
    if (!listed) return this.#read(artifact);
    const known = this.#listed.get(listed);
    if (known !== undefined) return known;
    const path = this.#read(listed.get('location'));
    this.#listed.set(listed, path);
    return path;
  }

  #read(artifact: Cursor): string | null {
    const at = artifact.get('uri');
    const uri = at.text();
    // Trivy, gosec and Snyk write an empty URI for a finding in no file.
    if (!uri) return null;
    return repositoryPath(at, this.#onBase(uri, artifact.get('uriBaseId').text() ?? null), this.#roots, 'uri');
  }

  /**
   * Resolves a URI against its base. A relative base is a folder of the repository, and so is an absolute one below a
   * root that the caller named. Any other absolute base, or an empty one, is the repository root.
   */
  #onBase(uri: string, baseId: string | null): string {
    if (ABSOLUTE.test(uri)) return uri;
    let joined = uri;
    let id = baseId;
    for (let depth = 0; id !== null && depth < MAX_BASES && !isTooLong(joined); depth++) {
      const base = this.#bases.get(id);
      if (!base || base.uri === '') break;
      const onThis = `${base.uri}${joined}`;
      if (ABSOLUTE.test(base.uri)) return isBelow(onThis, this.#said) ? onThis : joined;
      joined = onThis;
      id = base.on;
    }
    return joined;
  }
}

function readBase(at: Cursor): string {
  const uri = at.text() ?? '';
  if (isTooLong(uri)) at.fail('is too long for the path of a repository');
  return uri === '' ? '' : asFolder(uri);
}

/** False if every region begins and ends at column 1, as Trivy writes them: then the tool does not count columns. */
function countsColumns(run: Cursor): boolean {
  return run
    .get('results')
    .items()
    .flatMap((result) => result.get('locations').items())
    .map((location) => location.get('physicalLocation').get('region'))
    .some((region) => region.present && (region.get('startColumn').raw() !== 1 || region.get('endColumn').raw() !== 1));
}

/** The first and last steps of a long flow, which say the most. */
function shortened(steps: readonly Cursor[]): Cursor[] {
  if (steps.length <= MAX_RELATED) return [...steps];
  return [...steps.slice(0, MAX_RELATED / 2), ...steps.slice(-MAX_RELATED / 2)];
}
