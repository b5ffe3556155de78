import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '..');
/** Fixtures have reports whose links belong to the tools that made them. */
const PAGES = listed('*.md', 'docs/**/*.md');
const SOURCES = listed('{apps,libs,scripts,test,docs/examples}/**/*.{ts,mjs}', '*.{cjs,mjs}', 'docker/*');

it.each(PAGES)('%s has no dead link', (path) => {
  expect(deadLinks(path, linksOf(read(path)))).toEqual([]);
});

it('comments and texts mention only pages and sections of docs/ that exist', () => {
  const mentions = SOURCES.map((path): [string, string[]] => [path, mentionsOf(read(path))]);
  expect(mentions.flatMap(([, targets]) => targets).length).toBeGreaterThan(10);
  const dead = mentions.map(([path, targets]) => [path, deadLinks('README.md', targets)] as const);
  expect(dead.filter(([, targets]) => targets.length > 0)).toEqual([]);
});

it('finds dead links and dead anchors, and ignores code', () => {
  const text = ['[a](none.md) [b](CONTRIBUTING.md#none)', '```', '[c](none.md)', '```', '`[d](none.md)`'];
  expect(deadLinks('README.md', linksOf(text.join('\n')))).toEqual(['none.md', 'CONTRIBUTING.md#none']);
});

function listed(...patterns: string[]): string[] {
  return globSync(patterns, { cwd: ROOT }).filter((path) => statSync(join(ROOT, path)).isFile());
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Targets of links within the repository. */
function linksOf(markdown: string): string[] {
  const links = withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g);
  return [...links].map(([, target]) => target!).filter((target) => !/^[a-z]+:/.test(target));
}

/** Pages that comments and texts name, from the root: `docs/secrets.md#local-our-own-store`. */
function mentionsOf(text: string): string[] {
  return [...text.matchAll(/(?<![\w./])docs\/[\w/-]+\.md(?:#[\w-]+)?/g)].map(([target]) => target);
}

function deadLinks(from: string, targets: readonly string[]): string[] {
  return targets.filter((target) => {
    const [file = '', anchor] = target.split('#');
    const path = file === '' ? from : relative(ROOT, join(ROOT, dirname(from), file));
    if (path.startsWith('..') || !existsSync(join(ROOT, path))) return true;
    if (anchor === undefined) return false;
    return !statSync(join(ROOT, path)).isFile() || !anchorsOf(read(path)).has(anchor);
  });
}

/**
 * The anchors that GitHub gives to headings.
 * https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
 */
function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of markdown.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '').matchAll(/^#{1,6} (.+)$/gm)) {
    const text = heading!.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = text.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
    let name = anchor;
    for (let n = 1; anchors.has(name); n++) name = `${anchor}-${n}`;
    anchors.add(name);
  }
  return anchors;
}

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
}
