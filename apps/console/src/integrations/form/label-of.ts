/** Parts of names with a special spelling, or which need more words to be clear. */
const SPELLED: Readonly<Record<string, string>> = {
  api: 'API',
  apis: 'APIs',
  arn: 'ARN',
  ca: 'CA',
  cert: 'certificate',
  id: 'ID',
  ms: 'in ms',
  ref: 'reference',
  sha: 'SHA',
  sts: 'STS',
  url: 'URL',
};

/** The name of a setting in words: `stsEndpoint` becomes "STS endpoint". */
export function labelOf(name: string): string {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_-]+/);
  const label = words.map((word) => SPELLED[word] ?? word).join(' ');
  return label.charAt(0).toUpperCase() + label.slice(1);
}
