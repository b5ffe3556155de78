import { Refusal } from '../refusal';
import { parseBody } from './json-body';

describe('parseBody', () => {
  it('reads JSON in UTF-8, and an empty body as undefined', () => {
    expect(parseBody(Buffer.from('{"name": "Zoë"}'))).toEqual({ name: 'Zoë' });
    expect(parseBody(Buffer.alloc(0))).toBeUndefined();
  });

  it('reports where the JSON is malformed and never quotes it', () => {
    const broken = () => parseBody(Buffer.from('{"password": "hunter2", }'));
    expect(broken).toThrow(Refusal);
    expect(broken).toThrow('must be valid JSON in UTF-8; it is invalid at character 24');
    expect(() => parseBody(Buffer.from('hunter2'))).toThrow(expect.not.stringContaining('hunter2'));
  });

  it.each([
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['half a document', Buffer.from('{"a": [')],
  ])('refuses %s', (_what, body) => {
    expect(() => parseBody(body)).toThrow(expect.objectContaining({ errorCode: 'invalid_request' }));
  });

  it('treats __proto__ as a plain key', () => {
    const body = parseBody(Buffer.from('{"__proto__": {"polluted": true}}')) as object;
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
    expect(Object.keys(body)).toEqual(['__proto__']);
  });
});
