import { markedBody as markedBodyWithin } from '@integrations/provider-kit';
import { MAX_COMMENT } from './limits';

/** The text of a comment as it is sent. */
export function markedBody(text: string, marker: string): ReturnType<typeof markedBodyWithin> {
  return markedBodyWithin(text, marker, { max: MAX_COMMENT, unit: 'characters' });
}
