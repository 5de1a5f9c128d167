import { AreaField, Check, Group, SelectField, TextField } from "./Field.tsx";
import { Part } from "./DesignTokens.tsx";
import { Empty, Notice } from "./Notice.tsx";
import { Progress } from "./Progress.tsx";
import { StateBadge } from "./StateBadge.tsx";
import { Tabs } from "./Tabs.tsx";
import { fill } from "../lib/words/shape.ts";
import { commandStates } from "../lib/protocol/commands.ts";
import { useWords } from "./words.tsx";

/** Every part but the commands, in its states. */
export function DesignParts() {
  const words = useWords("design");
  return (
    <>
      <Buttons />
      <Fields />
      <Part title={words.notices}>
        <Notice>{words.good}</Notice>
        <div class="notice notice-warn">{words.warn}</div>
        <div class="notice notice-bad">{words.bad}</div>
      </Part>
      <Part title={words.states}>
        <p class="row">
          {commandStates.map((state) => <StateBadge key={state} state={state} reader="recipient" />)}
          <span class="tag">{words.tag}</span>
        </p>
      </Part>
      <Part title={words.tabs}>
        <Tabs
          label={words.tabs}
          tabs={[
            { name: words.here, href: "/admin/design", here: true },
            { name: words.there, href: "/admin/audit", here: false },
          ]}
        />
      </Part>
      <Part title={words.table}>
        <SampleTable />
      </Part>
      <Empty title={words.emptyTitle}>
        <p>{words.empty}</p>
      </Empty>
      <Part title={words.progress}>
        <Progress totals={{ completed: 5, accepted: 3, seen: 2, queued: 4, declined: 1 }} />
        <progress max={100} value={40} aria-label={words.progress} />
        {[20, 85, 98].map((value) => (
          <meter
            key={value}
            min={0}
            max={100}
            low={80}
            high={95}
            optimum={10}
            value={value}
            aria-label={words.meter}
          />
        ))}
      </Part>
      <Part title={words.toast}>
        <div class="sample-toast">
          <p class="toast">{words.toastText}</p>
        </div>
      </Part>
      <Part title={words.dialog}>
        <div class="sheet sample-sheet">
          <p>
            <strong>{words.dialog}</strong>
          </p>
          <p>{words.dialogText}</p>
          <p class="row">
            <button type="button" class="button">{words.off}</button>
            <button type="button" class="button button-main">{words.main}</button>
          </p>
        </div>
      </Part>
    </>
  );
}

function Buttons() {
  const words = useWords("design");
  const looks = [
    ["button", words.plain],
    ["button button-main", words.main],
    ["button button-quiet", words.quiet],
    ["button button-stop", words.stop],
  ] as const;
  return (
    <Part title={words.buttons}>
      <p class="row">
        {looks.map(([look, name]) => <button key={look} type="button" class={look}>{name}</button>)}
        <a class="button" href="/admin/design">{words.asLink}</a>
      </p>
      <p class="row">
        {looks.map(([look, name]) => <button key={look} type="button" class={look} disabled>{name}</button>)}
      </p>
    </Part>
  );
}

function Fields() {
  const words = useWords("design");
  const options = [["1", words.first], ["2", words.second]] as const;
  return (
    <Part title={words.fields}>
      <TextField name="design-plain" label={words.field} hint={words.fieldHint} value={words.fieldValue} />
      <TextField
        name="design-wrong"
        label={words.fieldWrong}
        value={words.fieldValue}
        error={words.fieldError}
      />
      <AreaField name="design-area" label={words.area} value={words.fieldValue} rows={2} />
      <SelectField name="design-choice" label={words.choice} value="1" options={options} />
      <Check name="design-box" label={words.box} hint={words.boxHint} checked />
      <Group name="design-dots" legend={words.dots} class="choices">
        {options.map(([value, label]) => (
          <Check
            key={value}
            type="radio"
            name="design-dots"
            value={value}
            label={label}
            checked={value === "1"}
          />
        ))}
      </Group>
    </Part>
  );
}

function SampleTable() {
  const words = useWords("design");
  return (
    <table class="table">
      <caption>{words.table}</caption>
      <thead>
        <tr>
          {[1, 2].map((number) => <th key={number} scope="col">{words.column} {number}</th>)}
        </tr>
      </thead>
      <tbody>
        {[1, 2].map((number) => (
          <tr key={number}>
            <td>{fill(words.row, { number })}</td>
            <td>{words.cell}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
