import {
  type MarkedText,
  markedBody as markedBodyWithin,
  markerOf,
  type Remark,
  remarkText,
} from '@integrations/provider-kit';
import { MAX_COMMENT } from './limits';

/** The text of a comment as it is sent. */
export function markedBody(text: string, marker: string): MarkedText {
  return markedBodyWithin(text, marker, { max: MAX_COMMENT, unit: 'utf16_units' }, 'link_definition');
}

/** The text of a remark as it is sent. */
export function remarkBody(remark: Remark): string {
  return markedBody(remarkText(remark, 'inline'), remark.marker).body;
}

/** Another text under the marker that a comment has. */
export function bodyMarkedAs(body: string, text: string): string {
  return markedBody(text, markerOf(body) ?? '').body;
}
