import type { Asks, FormField } from "../lib/protocol/mod.ts";
import { answerField } from "../lib/text/asking.ts";
import { AreaField, Check, Choice, Group, SelectField, TextField } from "./Field.tsx";
import { useWords } from "./words.tsx";

interface FieldsProps {
  asks: Asks;
  /** As it was typed, by the form's fields. */
  typed: Readonly<Record<string, readonly string[]>>;
  errors: Readonly<Record<string, string>>;
}

/** CM-9: what is to be answered, as fields of a plain form. A timer asks nothing more than its time. */
export function AnswerFields({ asks, typed, errors }: FieldsProps) {
  const words = useWords("asking");
  switch (asks.kind) {
    case "choice": {
      const many = asks.multiple === true;
      return (
        <Group name="answer" legend={many ? words.some : words.one} error={errors.answer}>
          {asks.options.map(({ id, label }) => (
            <Check
              key={id}
              name="answer"
              type={many ? "checkbox" : "radio"}
              value={id}
              label={<bdi>{label}</bdi>}
              checked={typed.answer?.includes(id) === true}
              required={!many}
            />
          ))}
        </Group>
      );
    }
    case "form":
      return (
        <>
          {asks.fields.map((field) => (
            <OneField
              key={field.id}
              field={field}
              value={typed[answerField(field.id)]?.[0] ?? ""}
              error={errors[answerField(field.id)]}
            />
          ))}
        </>
      );
    case "timer":
      return null;
    default:
      return asks satisfies never;
  }
}

function OneField({ field, value, error }: { field: FormField; value: string; error: string | undefined }) {
  const words = useWords("asking");
  const { label, required = false } = field;
  const shared = { name: answerField(field.id), label, error, ...(required ? {} : { hint: words.optional }) };
  switch (field.type) {
    case "text":
      return <TextField {...shared} value={value} required={required} autocomplete="off" />;
    case "long":
      return <AreaField {...shared} value={value} required={required} />;
    case "number":
      return <TextField {...shared} type="number" step="any" value={value} required={required} />;
    case "date":
      return <TextField {...shared} type="date" value={value} required={required} />;
    case "choice":
      return (
        <SelectField
          {...shared}
          value={value}
          required={required}
          options={[["", words.choose], ...field.options.map(({ id, label }) => [id, label] as const)]}
        />
      );
    case "yesno":
      return (
        <Choice
          name={shared.name}
          legend={label}
          error={error}
          value={required ? value : value || "none"}
          options={[
            ["true", words.yes],
            ["false", words.no],
            ...(required ? [] : [["none", words.none] as const]),
          ]}
        />
      );
    default:
      return field satisfies never;
  }
}
