import { composed } from '@integrations/provider-kit';
import { Transform } from 'class-transformer';
import { Matches } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';

const APP_ID = /^([1-9][0-9]{0,15}|Iv[0-9A-Za-z.]{4,60})$/;

/** Validates the field `appId`. */
export function IsAppId(): PropertyDecorator {
  return composed(
    JSONSchema({ description: "The app's id (a number) or client id (Iv…), as its settings page shows it." }),
    Transform(({ value }: { value: unknown }) => (typeof value === 'number' ? String(value) : value)),
    Matches(APP_ID, { message: 'must be the app id (a whole number) or the client id (Iv…) of a GitHub App' }),
  );
}
