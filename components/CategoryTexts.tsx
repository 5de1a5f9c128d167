import { AreaField, TextField } from "./Field.tsx";
import { useWords } from "./words.tsx";

interface CategoryTextsProps {
  typed: { title: string; description: string };
  errors: Record<string, string>;
  /** Under the label of the description. */
  hint?: string;
}

/** What people read of a category: its title, and what it is about. */
export function CategoryTexts({ typed, errors, hint }: CategoryTextsProps) {
  const words = useWords("categories");
  return (
    <>
      <TextField
        name="title"
        label={words.categoryTitle}
        value={typed.title}
        error={errors.title}
        autocomplete="off"
        required
      />
      <AreaField
        name="description"
        label={words.description}
        hint={hint}
        value={typed.description}
        error={errors.description}
        rows={2}
      />
    </>
  );
}
