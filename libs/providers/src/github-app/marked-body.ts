import {
  type MarkedText,
  markedBody as markedBodyWithin,
  markerOf,
  type Remark,
  remarkText,
} from '@integrations/provider-kit';
import { MAX_COMMENT } from './limits';

/** The text of a comment, with its marker. */
export function markedBody(text: string, marker: string): MarkedText {
  return markedBodyWithin(text, marker, { max: MAX_COMMENT, unit: 'characters' });
}

/** The text of a remark, with its marker. */
export function remarkBody(remark: Remark, placed: 'inline' | 'file'): string {
  return markedBody(remarkText(remark, placed), remark.marker).body;
}

/** A new text under the marker of an existing comment. */
export function bodyMarkedAs(body: string, text: string): string {
  return markedBody(text, markerOf(body) ?? '').body;
}
