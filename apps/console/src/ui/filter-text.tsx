import { useEffect, useState } from 'react';
import { Field } from './field';

interface FilterTextProps {
  readonly label: string;
  readonly value: string;
  readonly type?: 'search' | 'text' | 'datetime-local';
  readonly onChange: (value: string) => void;
}

const PAUSE_MS = 300;

/** A text that is searched for once its writer pauses. */
export function FilterText({ label, value, type = 'search', onChange }: FilterTextProps) {
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
    <Field label={label}>
      {(control) => (
        <input
          {...control}
          type={type}
          value={typed ?? value}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={leave}
        />
      )}
    </Field>
  );
}
