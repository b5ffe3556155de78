// The texts are long and come from others, so every pattern here must run in linear time.
const FENCE = /^[\s>]*(`{3,}|~{3,})(.*)$/;
/** As in HTML, an unclosed comment reaches to the end of the text. */
const COMMENT = /<!--.*?(?:-->|$)/gs;
/** Also matches inline code, which contains no HTML and must be left unchanged. */
const HTML = /`[^`\n]*`|<!--.*?(?:-->|$)|<\/?summary>|<\/?details>\n?/gis;
/** Lines that are only formatting: table rules, code fences and `<details>` tags. */
const SHAPE = /^(\|?(\s*:?-{3,}:?\s*\|)+(\s*:?-{3,}:?)?|-{3,}|`{3,}.*|~{3,}.*|<\/?details>)$/i;
const ENTITIES: Readonly<Record<string, string>> = { '#8203': '', lt: '<', gt: '>', amp: '&' };

/**
 * Converts Markdown for vendors that show HTML as text: shows the contents of `<details>` under a bold heading and
 * removes comments. Leaves code unchanged.
 */
export function withoutHtml(markdown: string): string {
  return partsOf(markdown)
    .map(({ isCode, lines }) => (isCode ? lines.join('\n') : opened(lines.join('\n'))))
    .join('\n');
}

/** Converts Markdown for places that do not render it: removes the marks of headings, bold text, links and tables. */
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

/** Splits Markdown into fenced code and the prose between. */
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
