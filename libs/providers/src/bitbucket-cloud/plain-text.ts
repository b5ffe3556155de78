/** Markdown as it reads where it is not rendered: marks gone, tables in words. */
export function plainText(markdown: string): string {
  return markdown
    .split('\n')
    .filter((line) => !/^\s*(\|[\s:|-]+\||`{3,}.*|~{3,}.*|<\/?details>|---)\s*$/.test(line))
    .map(plainLine)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function plainLine(line: string): string {
  return line
    .replace(/^\s*#{1,6}\s+/, '')
    .replace(/^\|\s*(.*?)\s*\|$/, (_, cells: string) => cells.split(/(?<!\\)\s*\|\s*/).join(' · '))
    .replace(/<\/?summary>/g, '')
    .replace(/\[([^\]]*)\]\(([^)\s]+)\)/g, '$1')
    .replace(/\*\*|`+|&#8203;/g, '')
    .replace(/^_(.*)_$/, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\\([\\`*_[\]<>|~$&#!.+-])/g, '$1');
}
