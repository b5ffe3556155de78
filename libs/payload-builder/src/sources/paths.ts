import { MAX_PATH } from '@integrations/contracts';
import type { Cursor } from './cursor';

// Characters that make a path look different from what it is.
const DECEPTIVE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** URIs such as `data:`, which are not paths, however long they are. */
const ELSEWHERE = /^(?!file:)[a-z][a-z0-9+.-]{1,30}:/i;
const TOO_LONG = `must be a path of at most ${MAX_PATH} characters`;
/** The most characters of a root together with a path below it. */
const MAX_ADDRESS = 2 * MAX_PATH;

/** Absolute paths where the repository may have been: `/builds/shop/` or `/c:/shop/`, not encoded. */
export type Roots = readonly string[];

/**
 * The spellings of a root: as it is, and decoded. A root is a path or a URI, and tools write paths where URIs belong.
 */
export function rootsOf(text: string): Roots {
  const decoded = decode(text);
  const spellings = decoded === text ? [text] : [text, decoded];
  return spellings.flatMap((spelling) => {
    const place = absolutePath(spelling.replaceAll('\\', '/'));
    return place === null ? [] : [asFolder(place)];
  });
}

/** The path with exactly one slash at its end. */
export function asFolder(path: string): string {
  let end = path.length;
  while (path.charAt(end - 1) === '/') end -= 1;
  return `${path.slice(0, end)}/`;
}

export function isTooLong(address: string): boolean {
  return address.length > MAX_ADDRESS;
}

export function isBelow(uri: string, roots: Roots): boolean {
  const absolute = absolutePath(decode(uri).replaceAll('\\', '/'));
  return absolute !== null && below(absolute, roots) !== null;
}

/**
 * The path of a file in the repository, from a URI or path as scanners write them. Null if it is outside the repository
 * or no file. A path that cannot be shown is recorded as an error of its field.
 */
export function repositoryPath(at: Cursor, text: string, roots: Roots, form: 'uri' | 'path'): string | null {
  if (isTooLong(text)) return ELSEWHERE.test(text) ? null : (at.fail(TOO_LONG) ?? null);
  const decoded = form === 'uri' ? decode(text.replace(/[?#].*$/s, '')) : text;
  const slashed = decoded.replaceAll('\\', '/');
  if (slashed.trim() === '') return at.fail('must not be empty') ?? null;
  if (DECEPTIVE.test(slashed)) return at.fail('must not contain control or bidirectional characters') ?? null;

  const absolute = absolutePath(slashed);
  const relative = absolute === null ? slashed : below(absolute, roots);
  if (relative === null || /^[a-z][a-z0-9+.-]+:/i.test(relative)) return null;
  const path = normalised(relative) ?? (absolute === null ? climbed(relative, roots) : null);
  if (path === null || path === '') return null;
  return path.length > MAX_PATH ? (at.fail(TOO_LONG) ?? null) : path;
}

/** The absolute path without `file://`; null if the text is relative. */
function absolutePath(text: string): string | null {
  const [, local] = /^file:(?:\/\/[^/]*)?(\/.*)$/i.exec(text) ?? [];
  const path = local ?? text;
  const drive = /^\/?([a-z]):\//i.exec(path);
  if (drive) return `/${drive[1]?.toLowerCase()}:/${path.slice(drive[0].length)}`;
  return path.startsWith('/') ? path : null;
}

function below(path: string, roots: Roots): string | null {
  const root = roots.find((place) => path.startsWith(place));
  return root === undefined ? null : path.slice(root.length);
}

/** The path with `.` and `..` resolved; null if it leads outside. */
function normalised(path: string): string | null {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return null;
  }
  return segments.join('/');
}

/**
 * The KICS container runs in `/app/bin`, so KICS writes `../../path/main.tf` for `/path/main.tf`.
 * https://github.com/Checkmarx/kics/issues/5285
 */
function climbed(path: string, roots: Roots): string | null {
  const rest = normalised(path.replace(/^(?:\.\.?\/)+/, ''));
  return rest === null ? null : below(`/${rest}`, roots);
}

/** Decodes percent-encoding. A percent sign that encodes nothing stays, because tools write paths where URIs belong. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/%(?![\da-f]{2})/gi, '%25'));
  } catch {
    return text;
  }
}
