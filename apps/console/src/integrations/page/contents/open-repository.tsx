import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { Field } from '../../../ui/field';
import { repositoryLink } from './links';

/** Opens a repository by name, because some registries cannot list their repositories. */
export function OpenRepository() {
  const [name, setName] = useState('');
  const navigate = useNavigate();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate(repositoryLink(name.trim()));
  };
  return (
    <form className="filters" onSubmit={submit}>
      <Field label="Repository">
        {(control) => (
          <input
            {...control}
            required
            placeholder="team/shop"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <div>
        <button type="submit">Open</button>
      </div>
    </form>
  );
}
