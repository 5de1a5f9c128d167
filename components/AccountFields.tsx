import { limits } from "../lib/protocol/limits.ts";
import { fill } from "../lib/words/mod.ts";
import { Check, FieldError, TextField } from "./Field.tsx";
import { useWords } from "./words.tsx";

interface AccountFieldsProps {
  username: string;
  adult: boolean;
  errors: Record<string, string>;
}

/** What a new account needs, for members and for the first administrator. */
export function AccountFields({ username, adult, errors }: AccountFieldsProps) {
  const words = useWords("door");
  return (
    <>
      <TextField
        name="username"
        label={words.username}
        hint={words.usernameHint}
        value={username}
        error={errors.username}
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        required
      />
      <TextField
        name="password"
        label={words.password}
        hint={fill(words.passwordHint, { count: limits.passwordMin })}
        type="password"
        error={errors.password}
        autocomplete="new-password"
        minLength={limits.passwordMin}
        required
      />
      <div class="field">
        <Check name="adult" label={words.adult} checked={adult} required />
        <FieldError name="adult" error={errors.adult} />
      </div>
    </>
  );
}
