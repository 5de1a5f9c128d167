import type { ComponentChildren, JSX } from "preact";

interface FieldProps {
  name: string;
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
}

/** Ids of what describes a field, for `aria-describedby`. */
function described(name: string, hint: unknown, error: string | undefined): string | undefined {
  const ids = [hint ? `${name}-hint` : "", error === undefined ? "" : `${name}-error`].filter((id) =>
    id !== ""
  );
  return ids.length === 0 ? undefined : ids.join(" ");
}

export function FieldError({ name, error }: { name: string; error: string | undefined }) {
  return error === undefined ? null : <p class="field-error" id={`${name}-error`}>{error}</p>;
}

type InputProps = FieldProps & Omit<JSX.IntrinsicElements["input"], "name" | "label" | "id">;

/** One line to type in, with its label, hint and error tied to it. */
export function TextField({ name, label, hint, error, class: extra, ...rest }: InputProps) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint ? <p class="hint" id={`${name}-hint`}>{hint}</p> : null}
      <input
        {...rest}
        class={extra ? `input ${extra}` : "input"}
        id={name}
        name={name}
        aria-describedby={described(name, hint, error)}
        aria-invalid={error === undefined ? undefined : "true"}
      />
      <FieldError name={name} error={error} />
    </div>
  );
}

/** `id`: other than the name, where a page has several fields of that name. */
type AreaProps = FieldProps & { value: string; rows?: number; id?: string; required?: boolean };

export function AreaField(
  { name, id = name, label, hint, error, value, rows = 5, required = false }: AreaProps,
) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint ? <p class="hint" id={`${id}-hint`}>{hint}</p> : null}
      <textarea
        class="input"
        id={id}
        name={name}
        rows={rows}
        required={required}
        aria-describedby={described(id, hint, error)}
        aria-invalid={error === undefined ? undefined : "true"}
      >
        {value}
      </textarea>
      <FieldError name={id} error={error} />
    </div>
  );
}

type SelectProps = FieldProps & {
  value: string;
  options: readonly (readonly [value: string, text: string])[];
  class?: string;
  required?: boolean;
};

/** One of several, folded away. */
export function SelectField(
  { name, label, hint, error, value, options, class: extra, required = false }: SelectProps,
) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint ? <p class="hint" id={`${name}-hint`}>{hint}</p> : null}
      <select
        class={extra ? `input ${extra}` : "input"}
        id={name}
        name={name}
        required={required}
        aria-describedby={described(name, hint, error)}
        aria-invalid={error === undefined ? undefined : "true"}
      >
        {options.map(([one, text]) => <option key={one} value={one} selected={one === value}>{text}</option>)}
      </select>
      <FieldError name={name} error={error} />
    </div>
  );
}

interface CheckProps {
  name: string;
  label: ComponentChildren;
  hint?: ComponentChildren;
  type?: "checkbox" | "radio";
  value?: string;
  checked?: boolean;
  required?: boolean;
}

/** A box or a dot whose whole line is its target. */
export function Check(
  { name, label, hint, type = "checkbox", value = "yes", checked, required }: CheckProps,
) {
  return (
    <label class="check">
      <input type={type} name={name} value={value} checked={checked ?? false} required={required ?? false} />
      <span>
        {label}
        {hint ? <span class="hint">{hint}</span> : null}
      </span>
    </label>
  );
}

interface GroupProps {
  name: string;
  legend: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  children: ComponentChildren;
  class?: string;
}

/** Boxes or dots that answer one question. */
export function Group({ name, legend, hint, error, children, class: extra }: GroupProps) {
  return (
    <fieldset class={extra} aria-describedby={described(name, hint, error)}>
      <legend>{legend}</legend>
      {hint ? <p class="hint" id={`${name}-hint`}>{hint}</p> : null}
      <FieldError name={name} error={error} />
      {children}
    </fieldset>
  );
}

interface ChoiceProps extends Omit<GroupProps, "children"> {
  value: string;
  options: readonly (readonly [value: string, label: ComponentChildren, hint?: ComponentChildren])[];
}

/** One of several, all in sight. */
export function Choice({ name, value, options, ...group }: ChoiceProps) {
  return (
    <Group name={name} {...group}>
      {options.map(([one, label, hint]) => (
        <Check
          key={one}
          type="radio"
          name={name}
          value={one}
          label={label}
          hint={hint}
          checked={one === value}
        />
      ))}
    </Group>
  );
}

/** A name as addresses and commands write it: short, lower case, never corrected by the browser. */
export function NameField(props: InputProps) {
  return (
    <TextField
      {...props}
      class="input-short"
      autocomplete="off"
      autocapitalize="none"
      spellcheck={false}
      required
    />
  );
}
