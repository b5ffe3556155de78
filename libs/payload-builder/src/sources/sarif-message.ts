import { cutUnclean } from '../text/clean';
import { type Cursor, MAX_SHARED } from './cursor';
import type { SarifRule, SarifRules } from './sarif-rules';

const PLACEHOLDER = /\{\d{1,3}\}/;

/** In one text; what its rule says of itself where it says nothing. */
export function messageOf(result: Cursor, rule: SarifRule | undefined, rules: SarifRules): string {
  const message = result.get('message');
  if (!message.present) message.fail('must be an object');
  const id = message.get('id').text();
  const text = message.get('text').text();
  const values = message
    .get('arguments')
    .items()
    .map((argument) => argument.text() ?? '');
  const listed = id === undefined ? undefined : (rule ?? rules).messageOf(id);
  // SpotBugs gives each result the same text, and values that only the message of its rule has places for.
  const says = text !== undefined && (values.length === 0 || PLACEHOLDER.test(text));
  const template = says ? text : (listed ?? text);
  // Tools double braces only where placeholders are filled: elsewhere `${{ x }}` is code.
  const isWritten = values.length === 0 && text !== undefined;
  const whole = isWritten ? text : filled(template ?? message.get('markdown').text() ?? '', values);
  return withoutLinks(whole).trim() || (rule?.description ?? rule?.title ?? 'no message');
}

/** Embedded links (§3.11.6): one to a related location reads as its text, one to the web says where it leads. */
function withoutLinks(message: string): string {
  return message.replace(
    /(?<!\\)\[((?:[^\\[\]]|\\.)+)\]\((\d+|https?:[^\s()]+)\)/g,
    (_, escaped: string, to: string) => {
      const text = escaped.replace(/\\([\\[\]])/g, '$1');
      return /^\d/.test(to) || text === to ? text : `${text} (${to})`;
    },
  );
}

/** With its placeholders filled; cut where they repeat the values so often that it would have no end. */
function filled(template: string, values: readonly string[]): string {
  const most = values.reduce((length, value) => length + value.length, template.length + MAX_SHARED);
  let text = '';
  let end = 0;
  for (const { 0: mark, 1: number, index } of template.matchAll(/\{\{|\}\}|\{(\d{1,3})\}/g)) {
    if (text.length > most) break;
    const value = number === undefined ? mark.charAt(0) : (values[Number(number)] ?? mark);
    text += template.slice(end, index) + value;
    end = index + mark.length;
  }
  return cutUnclean(text + template.slice(end), most);
}
