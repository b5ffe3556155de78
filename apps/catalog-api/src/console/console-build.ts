import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const PAGE = 'index.html';
/** The build names what is in there by its content. */
const ASSETS = 'assets/';

export interface ConsoleFile {
  /** Below the folder of the build. */
  readonly path: string;
  /** Its name changes with it. */
  readonly immutable: boolean;
}

/** The files of the console: nothing that is not listed is ever given out. A build that was made since is noticed. */
export class ConsoleBuild {
  #files: ReadonlySet<string>;

  constructor(readonly folder: string | undefined) {
    this.#files = this.#list();
  }

  get exists(): boolean {
    return this.#has(PAGE);
  }

  /**
   * What is served below /console/ at `path`: a file, or else the page, which knows its own addresses. Null for an asset that
   * is gone: answered with the page, a script of an older build would fail in ways that nobody understands.
   */
  at(path: string): ConsoleFile | null {
    const isAsset = path.startsWith(ASSETS);
    if (this.#has(path)) return { path, immutable: isAsset };
    return isAsset ? null : { path: PAGE, immutable: false };
  }

  #has(path: string): boolean {
    if (!this.#files.has(path)) this.#files = this.#list();
    return this.#files.has(path);
  }

  #list(): ReadonlySet<string> {
    return new Set(this.folder === undefined ? [] : filesIn(this.folder));
  }
}

function filesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
