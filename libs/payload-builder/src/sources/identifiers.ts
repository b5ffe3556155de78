import type { Cursor } from './cursor';

const MAX_IDENTIFIERS = 10;

/** Identifiers such as CWE-79 and CVE-2024-3094, from texts that are one or end with one. */
export function identifiersOf(texts: readonly string[]): string[] {
  const found = texts.flatMap((text) => {
    const [, cwe] = /(?:^|\/)cwe-0*(\d{1,7})(?:$|:)/i.exec(text) ?? [];
    if (cwe !== undefined) return [`CWE-${cwe}`];
    return /^(CVE-\d{4}-\d{4,19}|GHSA(-[0-9a-z]{4}){3})$/i.test(text) ? [text] : [];
  });
  return [...new Set(found)].slice(0, MAX_IDENTIFIERS);
}

/** Texts in a rule's properties that may be identifiers. CodeQL, Semgrep and Bandit use `tags`, Snyk uses `cwe`. */
export function namedIn(properties: Cursor): string[] {
  return [properties.get('tags').raw(), properties.get('cwe').raw()].flat().filter((text) => typeof text === 'string');
}

/** The CWEs among references to taxa (§3.52). Some tools write only the number: 79. */
export function weaknessesOf(references: readonly Cursor[]): string[] {
  return references.flatMap((reference) => {
    if (reference.get('toolComponent').get('name').text()?.toUpperCase() !== 'CWE') return [];
    const id = reference.get('id').text() ?? '';
    return [/^\d/.test(id) ? `CWE-${id}` : id];
  });
}
