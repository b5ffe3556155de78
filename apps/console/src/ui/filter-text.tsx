import { type ReactNode, useEffect, useId, useState } from 'react';
import { Field } from './field';

interface FilterTextProps {
  readonly label: string;
  readonly value: string;
  readonly type?: 'search' | 'text' | 'datetime-local';
  readonly hint?: ReactNode;
  /** Suggestions to choose from. */
  readonly offered?: readonly string[] | undefined;
  readonly onChange: (value: string) => void;
}

const PAUSE_MS = 300;

/** A text filter, applied when the user stops typing. */
export function FilterText({ label, value, type = 'search', hint, offered, onChange }: FilterTextProps) {
  const listId = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [seen, setSeen] = useState(value);
  const [told, setTold] = useState(value);
  // A value that did not come from here, for example after going back in the history, replaces the typed text.
  if (seen !== value) {
    setSeen(value);
    if (told !== value) setTyped(null);
  }
  const tell = (text: string) => {
    setTold(text);
    onChange(text);
  };
  useEffect(() => {
    if (typed === null || typed === value) return;
    const timer = setTimeout(() => tell(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  });
  const leave = () => {
    if (typed !== null && typed !== value) tell(typed);
    setTyped(null);
  };
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <>
          <input
            {...control}
            type={type}
            list={offered && listId}
            placeholder={offered && 'any'}
            value={typed ?? value}
            onChange={(event) => setTyped(event.target.value)}
            onBlur={leave}
          />
          {offered && (
            <datalist id={listId}>
              {offered.map((option) => (
                <option key={option} value={option} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}
