import {
  type MarkedText,
  markedBody as markedBodyWithin,
  markerOf,
  type Remark,
  remarkText,
  renameSuggestions,
} from '@integrations/provider-kit';
import { MAX_COMMENT } from './limits';

/** The text of a comment, with its marker. */
export function markedBody(text: string, marker: string): MarkedText {
  return markedBodyWithin(text, marker, { max: MAX_COMMENT, unit: 'utf16_units' }, 'link_definition');
}

/** The text of a remark, with its marker. A suggestion that must not be offered becomes plain code. */
export function remarkBody(remark: Remark, isSuggestionOffered: boolean): string {
  const text = remarkText(remark, 'inline');
  return markedBody(isSuggestionOffered ? text : renameSuggestions(text, ''), remark.marker).body;
}

/** A new text under the marker of an existing comment. */
export function bodyMarkedAs(body: string, text: string): string {
  return markedBody(text, markerOf(body) ?? '').body;
}
