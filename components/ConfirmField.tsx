import { Check, FieldError } from "./Field.tsx";

interface ConfirmFieldProps {
  label: string;
  hint: string;
  error: string | undefined;
}

/** The box that a person ticks before a step that cannot be undone. */
export function ConfirmField({ label, hint, error }: ConfirmFieldProps) {
  return (
    <div class="stack-s">
      <Check name="confirm" label={label} hint={hint} required />
      <FieldError name="confirm" error={error} />
    </div>
  );
}
