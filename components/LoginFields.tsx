import type { ComponentChildren } from "preact";
import { TextField } from "./Field.tsx";

interface LoginFieldProps {
  name?: string;
  label: string;
  hint?: ComponentChildren;
  error: string | undefined;
}

/** A person's own password, which browsers fill in. */
export function PasswordField({ name = "password", ...rest }: LoginFieldProps) {
  return <TextField {...rest} name={name} type="password" autocomplete="current-password" required />;
}

/** A code of an app, or one for recovery. */
export function CodeField(
  { name = "code", required = true, ...rest }: LoginFieldProps & { required?: boolean; class?: string },
) {
  return (
    <TextField
      {...rest}
      name={name}
      autocomplete="one-time-code"
      autocapitalize="none"
      spellcheck={false}
      required={required}
    />
  );
}
