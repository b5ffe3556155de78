import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

const PAGE = 'index.html';
/** Files in this folder have a hash of their content in their name. */
const ASSETS = 'assets/';

export interface ConsoleFile {
  /** Below the folder of the build. */
  readonly path: string;
  /** True if the file's name changes with its content. */
  readonly immutable: boolean;
}

/** The files of the console's build. Only listed files are served. The list is refreshed when a new build appears. */
export class ConsoleBuild {
  #files: ReadonlySet<string>;

  constructor(readonly folder: string | undefined) {
    this.#files = this.#list();
  }

  get exists(): boolean {
    return this.#has(PAGE);
  }

  /**
   * The file to serve below /console/ at `path`: that file, or else the page, which does its own routing. Null for an
   * asset that is gone: serving the page in its place would make a script of an older build fail in confusing ways.
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
