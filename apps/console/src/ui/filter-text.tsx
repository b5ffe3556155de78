import { type ReactNode, useEffect, useId, useState } from 'react';
import { Field } from './field';

interface FilterTextProps {
  readonly label: string;
  readonly value: string;
  readonly type?: 'search' | 'text' | 'datetime-local';
  readonly hint?: ReactNode;
  /** What the writer may choose from. */
  readonly offered?: readonly string[] | undefined;
  readonly onChange: (value: string) => void;
}

const PAUSE_MS = 300;

/** A text that is searched for once its writer pauses. */
export function FilterText({ label, value, type = 'search', hint, offered, onChange }: FilterTextProps) {
  const listId = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [seen, setSeen] = useState(value);
  const [told, setTold] = useState(value);
  // Another value than the one that was told from here comes from elsewhere, such as from the way back, and counts.
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
