import { askTypes, lengthUnits, type TypedAsks, type TypedField } from "../lib/text/asking.ts";
import { fill } from "../lib/words/shape.ts";
import { AreaField, Check, FieldError, Group, SelectField, TextField } from "./Field.tsx";
import { useWords } from "./words.tsx";

interface AskProps {
  typed: TypedAsks;
  errors: Readonly<Record<string, string>>;
}

/** CM-9: what a question, a form or a timer asks. Styles show the part of the chosen kind. */
export function AskFields({ typed, errors }: AskProps) {
  const words = useWords("send");
  const units = { seconds: words.unitSeconds, minutes: words.unitMinutes, hours: words.unitHours };
  return (
    <>
      <div class="compose-row only-choice stack-s">
        <AreaField
          name="options"
          label={words.options}
          hint={words.optionsHint}
          error={errors.options}
          value={typed.options}
          rows={4}
        />
        <Check name="multiple" label={words.multiple} checked={typed.multiple} />
      </div>
      <div class="compose-row only-form">
        <Group
          name="fields"
          legend={words.fields}
          hint={words.fieldsHint}
          error={errors.fields}
          class="ask-fields"
        >
          {typed.fields.map((field, at) => <AskField key={at} at={at} field={field} errors={errors} />)}
        </Group>
      </div>
      <div class="compose-row only-timer">
        <div class="ask-length">
          <TextField
            name="length"
            label={words.length}
            hint={words.lengthHint}
            error={errors.length}
            type="number"
            min="1"
            step="any"
            value={typed.length}
          />
          <SelectField
            name="unit"
            label={words.unit}
            value={typed.unit}
            options={[...lengthUnits.keys()].map((unit) =>
              [unit, units[unit as keyof typeof units]] as const
            )}
          />
        </div>
      </div>
    </>
  );
}

/** One field of a form. Styles show one empty field behind those that have a label. */
function AskField(
  { at, field, errors }: { at: number; field: TypedField; errors: AskProps["errors"] },
) {
  const words = useWords("send");
  const number = at + 1;
  const name = (part: string) => `field-${at}-${part}`;
  const types = {
    text: words.typeText,
    long: words.typeLong,
    number: words.typeNumber,
    yesno: words.typeYesno,
    date: words.typeDate,
    choice: words.typeChoice,
  };
  const [label, options] = [errors[name("label")], errors[name("options")]];
  return (
    <div class="ask-field" role="group" aria-label={fill(words.fieldName, { number })}>
      <input
        class="input ask-label"
        name={name("label")}
        aria-label={fill(words.fieldLabel, { number })}
        aria-invalid={label === undefined ? undefined : "true"}
        aria-describedby={label === undefined ? undefined : `${name("label")}-error`}
        placeholder={fill(words.fieldName, { number })}
        autocomplete="off"
        value={field.label}
      />
      <select class="input ask-type" name={name("type")} aria-label={fill(words.fieldType, { number })}>
        {askTypes.map((type) => (
          <option key={type} value={type} selected={type === field.type}>{types[type]}</option>
        ))}
      </select>
      <Check name={name("required")} label={words.fieldRequired} checked={field.required} />
      <FieldError name={name("label")} error={label} />
      <div class="ask-options">
        <textarea
          class="input"
          name={name("options")}
          rows={3}
          aria-label={fill(words.fieldOptions, { number })}
          aria-invalid={options === undefined ? undefined : "true"}
          aria-describedby={options === undefined ? undefined : `${name("options")}-error`}
          placeholder={words.optionsHint}
        >
          {field.options}
        </textarea>
        <FieldError name={name("options")} error={options} />
      </div>
    </div>
  );
}
