/** Parts of names that are written otherwise, or say too little by themselves. */
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

/** The name of a setting as one says it: `stsEndpoint` is "STS endpoint". */
export function labelOf(name: string): string {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_-]+/);
  const label = words.map((word) => SPELLED[word] ?? word).join(' ');
  return label.charAt(0).toUpperCase() + label.slice(1);
}
