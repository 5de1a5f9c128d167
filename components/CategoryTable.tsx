import type { Category, CategoryChoice } from "../lib/protocol/mod.ts";
import type { Words } from "../lib/words/mod.ts";
import { fill } from "../lib/words/shape.ts";
import { useLanguage, useWords } from "./words.tsx";

type Choice = readonly [CategoryChoice, name: string, meaning: string];

function choicesOf(words: Words["preferences"]): readonly Choice[] {
  return [
    ["allow", words.allow, words.allowHint],
    ["ask", words.ask, words.askHint],
    ["block", words.block, words.blockHint],
  ];
}

interface CategoryTableProps {
  categories: readonly Category[];
  /** By slug; one that is not there is blocked. */
  chosen: Readonly<Record<string, string>>;
  /** The form field of a slug. */
  fieldOf: (slug: string) => string;
}

/**
 * One answer for each category. Each dot carries its category in its name, since a row is no group to those who
 * hear it; narrow windows stack the cells, and the roles keep them a table.
 */
export function CategoryTable({ categories, chosen, fieldOf }: CategoryTableProps) {
  const words = useWords("preferences");
  const language = useLanguage();
  const choices = choicesOf(words);
  return (
    <>
      <dl class="meanings small">
        {choices.map(([value, name, meaning]) => (
          <div key={value}>
            <dt>{name}</dt>
            <dd class="soft">{meaning}</dd>
          </div>
        ))}
      </dl>
      <table class="table category-table" role="table">
        <caption>{words.answers}</caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">{words.category}</th>
            {choices.map(([value, name]) => <th key={value} role="columnheader" scope="col">{name}</th>)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {categories.map(({ slug, title, description }) => (
            <tr key={slug} role="row">
              <th role="rowheader" scope="row" abbr={title}>
                {title}
                <span class="hint">{description}</span>
              </th>
              {choices.map(([value, name]) => (
                <td key={value} role="cell">
                  <label class="check">
                    <input
                      type="radio"
                      name={fieldOf(slug)}
                      value={value}
                      checked={(chosen[slug] ?? "block") === value}
                      aria-label={fill(words.answer, {
                        category: title,
                        answer: name.toLocaleLowerCase(language),
                      })}
                    />
                    <span>{name}</span>
                  </label>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
