// Texts are long and others': no pattern here looks at a character more than a few times.
const FENCE = /^[\s>]*(`{3,}|~{3,})(.*)$/;
/** Up to the end where it is not closed, as in HTML. */
const COMMENT = /<!--.*?(?:-->|$)/gs;
/** And code in a line, in which nothing of it is HTML. */
const HTML = /`[^`\n]*`|<!--.*?(?:-->|$)|<\/?summary>|<\/?details>\n?/gis;
/** Lines that only shape others: of tables, code and what folds. */
const SHAPE = /^(\|?(\s*:?-{3,}:?\s*\|)+(\s*:?-{3,}:?)?|-{3,}|`{3,}.*|~{3,}.*|<\/?details>)$/i;
const ENTITIES: Readonly<Record<string, string>> = { '#8203': '', lt: '<', gt: '>', amp: '&' };

/**
 * Markdown for vendors that show HTML as text: what folds is open under a heading, and comments are gone. Code is left as
 * it is.
 */
export function withoutHtml(markdown: string): string {
  return partsOf(markdown)
    .map(({ isCode, lines }) => (isCode ? lines.join('\n') : opened(lines.join('\n'))))
    .join('\n');
}

/** Markdown for places that do not render it: without what makes headings, bold text, links and tables of it. */
export function plainText(markdown: string): string {
  return markdown
    .replace(COMMENT, '')
    .replace(/\n{3,}/g, '\n\n')
    .split('\n')
    .filter((line) => !SHAPE.test(line.trim()))
    .map(plainLine)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Fenced code, and what is between. */
function partsOf(markdown: string): { readonly isCode: boolean; readonly lines: string[] }[] {
  const parts: { readonly isCode: boolean; readonly lines: string[] }[] = [];
  let fence: string | undefined;
  for (const line of markdown.split('\n')) {
    const [, marks, rest = ''] = FENCE.exec(line) ?? [];
    const isCode = fence !== undefined || marks !== undefined;
    const part = parts.at(-1);
    if (part?.isCode === isCode) part.lines.push(line);
    else parts.push({ isCode, lines: [line] });
    if (fence === undefined) fence = marks;
    else if (marks?.startsWith(fence) && rest.trim() === '') fence = undefined;
  }
  return parts;
}

function opened(prose: string): string {
  return prose.replace(HTML, (found) => {
    if (found.startsWith('`')) return found;
    return /^<\/?summary/i.test(found) ? '**' : '';
  });
}

function plainLine(line: string): string {
  return cellsOf(line)
    .replace(/^\s*#{1,6}\s+/, '')
    .replace(/<\/?(details|summary)>|\*\*|`/gi, '')
    .replace(/\[([^[\]]*)\]\([^()\s]+\)/g, '$1')
    .replace(/^_(.*)_$/, '$1')
    .replace(/&(#8203|lt|gt|amp);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1');
}

/** `| a | b |` becomes `a · b`. */
function cellsOf(line: string): string {
  const row = /^\|(.*)\|$/.exec(line.trim())?.[1];
  if (row === undefined) return line;
  return row
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '')
    .join(' · ');
}
