import type { Category } from "../lib/protocol/mod.ts";
import { AreaField, Check, Group, TextField } from "./Field.tsx";

/** What the fields show: the form as it was typed. */
export interface SendValues {
  kind: string;
  title: string;
  body: string;
  href: string;
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

const kinds = [
  ["message", "Message", "Something to read."],
  ["task", "Task", "Something to do, with a deadline if you like."],
  ["link", "Link", "An address to look at. It never opens by itself."],
  ["media", "Media", "Pictures, sound or video to look at. Add the files below."],
] as const;

/** What a command says. */
export function WhatFields({ typed, errors }: FieldsProps) {
  return (
    <>
      <Group name="kind" legend="Kind" error={errors.kind}>
        {kinds.map(([value, label, hint]) => (
          <Check
            key={value}
            type="radio"
            name="kind"
            value={value}
            label={label}
            hint={hint}
            checked={typed.kind === value}
          />
        ))}
      </Group>
      <TextField name="title" label="Title" value={typed.title} error={errors.title} autocomplete="off" />
      <AreaField name="body" label="Text" value={typed.body} error={errors.body} />
      <div class="only-link">
        <TextField
          name="href"
          label="Address"
          hint="It begins with https://"
          value={typed.href}
          error={errors.href}
          inputMode="url"
          autocomplete="off"
          spellcheck={false}
        />
      </div>
    </>
  );
}

/** What a command is about. */
export function CategoryFields({ typed, errors, categories }: FieldsProps & { categories: Category[] }) {
  return (
    <Group
      name="categories"
      legend="Categories"
      hint="What it is about, up to five. One that somebody blocks keeps it from them. None ticked: general."
      error={errors.categories}
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

const requirements = [
  ["none", "Nothing", "They say themselves when it is done, or say nothing."],
  ["confirmation", "A confirmation", "They confirm that it was done. You take their word for it."],
  ["proof", "Proof", "They hand in files or a note that show it, and then say that it is done."],
  ["review", "Your review", "They hand it in, and you accept it or give it back with a note."],
] as const;

/** When a command goes out, is due and ends. */
export function TimeFields({ typed, errors }: FieldsProps) {
  return (
    <div class="grid-2">
      <TextField
        name="dueAt"
        label="Deadline"
        hint="They are reminded of it."
        type="datetime-local"
        value={typed.dueAt}
        error={errors.dueAt}
      />
      <TextField
        name="deliverAt"
        label="Send later, at"
        hint="Up to 90 days ahead."
        type="datetime-local"
        value={typed.deliverAt}
        error={errors.deliverAt}
      />
      <TextField
        name="expiresAt"
        label="Take back, at"
        hint="From whoever has not answered."
        type="datetime-local"
        value={typed.expiresAt}
        error={errors.expiresAt}
      />
    </div>
  );
}

/** What the sender asks back (CM-5). */
export function RequiresFields({ typed, errors }: FieldsProps) {
  return (
    <Group name="requires" legend="What you ask back" error={errors.requires}>
      {requirements.map(([value, label, hint]) => (
        <Check
          key={value}
          type="radio"
          name="requires"
          value={value}
          label={label}
          hint={hint}
          checked={typed.requires === value}
        />
      ))}
    </Group>
  );
}
