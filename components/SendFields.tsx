import type { ComponentChildren } from "preact";
import type { Category } from "../lib/protocol/mod.ts";
import { AskFields } from "./AskFields.tsx";
import type { TypedAsks } from "../lib/text/asking.ts";
import { AreaField, Check, Choice, Group, TextField } from "./Field.tsx";
import { useWords } from "./words.tsx";

/** What the fields show: the form as it was typed. */
export interface SendValues {
  kind: string;
  title: string;
  body: string;
  href: string;
  asks: TypedAsks;
  categories: string[];
  requires: string;
  dueAt: string;
  deliverAt: string;
  expiresAt: string;
}

interface FieldsProps {
  typed: SendValues;
  errors: Record<string, string>;
}

/** What a command says. `tools`: what stands below its title and its text. */
export function WhatFields(
  { typed, errors, tools }: FieldsProps & { tools: Record<"title" | "body", ComponentChildren> },
) {
  const words = useWords("send");
  const kinds = [
    ["message", words.message, words.messageHint],
    ["task", words.task, words.taskHint],
    ["link", words.link, words.linkHint],
    ["media", words.media, words.mediaHint],
    ["choice", words.choice, words.choiceHint],
    ["form", words.form, words.formHint],
    ["timer", words.timer, words.timerHint],
  ] as const;
  return (
    <>
      <Choice
        name="kind"
        legend={words.kind}
        error={errors.kind}
        value={typed.kind}
        options={kinds}
        class="segments compose-row"
      />
      <div class="compose-row compose-heading">
        <TextField
          name="title"
          label={words.heading}
          value={typed.title}
          error={errors.title}
          autocomplete="off"
        />
        {tools.title}
      </div>
      <div class="compose-row compose-text">
        <AreaField name="body" label={words.text} value={typed.body} error={errors.body} />
        {tools.body}
      </div>
      <div class="compose-row only-link">
        <TextField
          name="href"
          label={words.address}
          hint={words.addressHint}
          value={typed.href}
          error={errors.href}
          inputMode="url"
          autocomplete="off"
          spellcheck={false}
        />
      </div>
      <AskFields typed={typed.asks} errors={errors} />
    </>
  );
}

/** What a command is about. */
export function CategoryFields({ typed, errors, categories }: FieldsProps & { categories: Category[] }) {
  const words = useWords("send");
  return (
    <Group
      name="categories"
      legend={words.categories}
      hint={words.categoriesHint}
      error={errors.categories}
      class="chips compose-row"
    >
      {categories.map((category) => (
        <Check
          key={category.slug}
          name="categories"
          value={category.slug}
          label={category.title}
          hint={category.description}
          checked={typed.categories.includes(category.slug)}
        />
      ))}
    </Group>
  );
}

/** When a command goes out, is due and ends. */
export function TimeFields({ typed, errors }: FieldsProps) {
  const words = useWords("send");
  const times = [
    ["dueAt", words.dueAt, words.dueAtHint],
    ["deliverAt", words.deliverAt, words.deliverAtHint],
    ["expiresAt", words.expiresAt, words.expiresAtHint],
  ] as const;
  return (
    <div class="grid-2">
      {times.map(([name, label, hint]) => (
        <TextField
          key={name}
          name={name}
          label={label}
          hint={hint}
          type="datetime-local"
          value={typed[name]}
          error={errors[name]}
        />
      ))}
    </div>
  );
}

/** What the sender asks back (CM-5). */
export function RequiresFields({ typed, errors }: FieldsProps) {
  const words = useWords("send");
  const requirements = [
    ["none", words.nothing, words.nothingHint],
    ["confirmation", words.confirmation, words.confirmationHint],
    ["proof", words.proof, words.proofHint],
    ["review", words.review, words.reviewHint],
  ] as const;
  return (
    <Choice
      name="requires"
      legend={words.requires}
      error={errors.requires}
      value={typed.requires}
      options={requirements}
      class="segments compose-row"
    />
  );
}
