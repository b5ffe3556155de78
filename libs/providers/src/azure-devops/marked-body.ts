import {
  type MarkedText,
  markedBody as markedBodyWithin,
  markerOf,
  type Remark,
  remarkText,
  renameSuggestions,
} from '@integrations/provider-kit';
import { MAX_COMMENT } from './limits';

/** The text of a comment as it is sent. */
export function markedBody(text: string, marker: string): MarkedText {
  return markedBodyWithin(text, marker, { max: MAX_COMMENT, unit: 'utf16_units' }, 'link_definition');
}

/** The text of a remark as it is sent. A suggestion that is not to be offered is shown as code. */
export function remarkBody(remark: Remark, isOffered: boolean): string {
  const text = remarkText(remark, 'inline');
  return markedBody(isOffered ? text : renameSuggestions(text, ''), remark.marker).body;
}

/** Another text under the marker that a comment has. */
export function bodyMarkedAs(body: string, text: string): string {
  return markedBody(text, markerOf(body) ?? '').body;
}
