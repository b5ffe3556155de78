import { Scrubber } from '@integrations/telemetry';
import { hideFrom } from './hide-from';

it('hides of the keys of an assumed role, which are kept as one token, each that is secret', () => {
  const keys = {
    accessKeyId: 'ASIA0123456789ABCDEF',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG',
    sessionToken: 'IQoJb3JpZ2luX2Vj',
  };
  const scrubber = new Scrubber();
  hideFrom(scrubber)(JSON.stringify(keys), 'acme');
  const text = `${keys.secretAccessKey} ${keys.sessionToken}`;
  expect(scrubber.scrub(text, 'acme')).toBe('[redacted] [redacted]');
  expect(scrubber.scrub(text, 'globex')).toBe(text);
});
