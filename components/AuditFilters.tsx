import { TextField } from "./Field.tsx";
import { Icon } from "./Icon.tsx";
import { pathWith } from "./Pages.tsx";
import { useWords } from "./words.tsx";

interface AuditFiltersProps {
  filter: { actor: string; action: string; subject: string };
  errors: Readonly<Record<string, string>>;
}

/** What of the audit log is shown and exported, and its verification. The first is a plain form: its address can be kept. */
export function AuditFilters({ filter, errors }: AuditFiltersProps) {
  const words = useWords("audit");
  const typed = { autocomplete: "off", autocapitalize: "none", spellcheck: false } as const;
  const isFiltered = Object.values(filter).some((value) => value !== "") || Object.keys(errors).length > 0;
  return (
    <>
      <details open={isFiltered}>
        <summary>{words.filters}</summary>
        <form class="filter" method="get" action="/admin/audit" role="search">
          {(["actor", "action", "subject"] as const).map((name) => (
            <TextField
              {...typed}
              key={name}
              name={name}
              label={words[name]}
              hint={words[`${name}Hint`]}
              value={filter[name]}
              error={errors[name]}
            />
          ))}
          <button type="submit" class="button">{words.show}</button>
        </form>
      </details>
      <div class="row">
        <form method="post" action="/admin/audit">
          <button type="submit" class="button" aria-describedby="verify-hint">
            <Icon name="shield" size="s" />
            {words.verify}
          </button>
        </form>
        <a class="button button-quiet" href={pathWith("/api/v1/admin/audit/export.csv", filter)} download>
          <Icon name="download" size="s" />
          {words.csv}
        </a>
        <a class="button button-quiet" href={pathWith("/api/v1/admin/audit/export.json", filter)} download>
          <Icon name="download" size="s" />
          {words.json}
        </a>
      </div>
      <p class="hint" id="verify-hint">{words.verifyHint}</p>
    </>
  );
}
