import { ProviderError } from '@integrations/provider-kit';
import type { RepositoryClient } from './repository';

/** The lengths of lines in the files of a commit. */
export class FileLines {
  readonly #repository: RepositoryClient;
  readonly #commit: string;
  /** The lengths of all lines, by path. */
  readonly #files = new Map<string, readonly number[]>();

  constructor(repository: RepositoryClient, commit: string) {
    this.#repository = repository;
    this.#commit = commit;
  }

  /** A line's length in UTF-16 units; 0 if the line does not exist or the file cannot be read. */
  async lengthOf(path: string, line: number): Promise<number> {
    const lengths = this.#files.get(path) ?? (await this.#read(path));
    this.#files.set(path, lengths);
    return lengths[line - 1] ?? 0;
  }

  async #read(path: string): Promise<readonly number[]> {
    const query = {
      ...{ path: `/${path}`, includeContent: 'true', $format: 'json' },
      ...{ 'versionDescriptor.version': this.#commit, 'versionDescriptor.versionType': 'commit' },
    };
    try {
      const { content } = await this.#repository.get<{ readonly content?: unknown }>('/items', query);
      if (typeof content !== 'string') return [];
      return content
        .replace(/^\uFEFF/, '')
        .split(/\r\n|\n|\r/)
        .map(({ length }) => length);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.transient) throw error;
      return [];
    }
  }
}
