const SEPARATOR = /^\s*\|?(\s*:?-{3,}:?\s*\|)+/;
const ENTITIES: Readonly<Record<string, string>> = { '&#8203;': '', '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/** Markdown for a place that shows it as it is: without what makes headings, bold text and tables of it. */
export function plainText(markdown: string): string {
  return markdown
    .split('\n')
    .filter((line) => !SEPARATOR.test(line))
    .map(plainLine)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function plainLine(line: string): string {
  return cellsOf(line)
    .replace(/^\s*#+\s+/, '')
    .replace(/<!--.*?-->|<\/?(details|summary)>|\*\*|`/gi, '')
    .replace(/\[([^\]]*)\]\((https?:[^)\s]*)\)/g, '$1 ($2)')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/&(#8203|lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** `| a | b |` becomes `a · b`. */
function cellsOf(line: string): string {
  const row = /^\s*\|(.*)\|\s*$/.exec(line)?.[1];
  if (row === undefined) return line;
  return row
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
    .join(' · ');
}
