import { limits } from "../lib/protocol/limits.ts";
import { Check, FieldError, TextField } from "./Field.tsx";

interface AccountFieldsProps {
  username: string;
  adult: boolean;
  errors: Record<string, string>;
}

/** What a new account needs, for members and for the first administrator. */
export function AccountFields({ username, adult, errors }: AccountFieldsProps) {
  return (
    <>
      <TextField
        name="username"
        label="Username"
        hint="3 to 32 of a–z, 0–9, _ and -. Others find you by it."
        value={username}
        error={errors.username}
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        required
      />
      <TextField
        name="password"
        label="Password"
        hint={`At least ${limits.passwordMin} characters. A few words in a row are good.`}
        type="password"
        error={errors.password}
        autocomplete="new-password"
        minLength={limits.passwordMin}
        required
      />
      <div class="field">
        <Check name="adult" label="I am 18 years old or older." checked={adult} required />
        <FieldError name="adult" error={errors.adult} />
      </div>
    </>
  );
}
