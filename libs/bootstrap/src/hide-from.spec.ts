import { Scrubber } from '@integrations/telemetry';
import { hideFrom } from './hide-from';

it('hideFrom hides each secret key of an assumed role, although the keys are stored as one token', () => {
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
