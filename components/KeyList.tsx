import { type ComponentChildren, Fragment } from "preact";
import { useWords } from "./words.tsx";

/** All keys that do something, on their own page and in the sheet that `?` opens. */
export function KeyList() {
  const words = useWords("keys");
  const go = (key: string) => (
    <>
      <kbd>g</kbd> {words.then} <kbd>{key}</kbd>
    </>
  );
  return (
    <>
      <Keys
        title={words.everywhere}
        keys={[
          [<kbd key="stop">{words.keyStop}</kbd>, words.stop],
          [<kbd key="help">?</kbd>, words.help],
          [go("i"), words.goInbox],
          [go("s"), words.goSend],
          [go("h"), words.goHistory],
        ]}
      />
      <Keys
        title={words.inLists}
        keys={[
          [<kbd key="j">j</kbd>, words.next],
          [<kbd key="k">k</kbd>, words.previous],
          [<kbd key="enter">{words.keyEnter}</kbd>, words.open],
        ]}
      />
      <Keys
        title={words.inInbox}
        keys={[
          [<kbd key="a">a</kbd>, words.accept],
          [<kbd key="s">s</kbd>, words.seen],
          [<kbd key="c">c</kbd>, words.done],
          [<kbd key="l">l</kbd>, words.later],
          [<kbd key="d">d</kbd>, words.decline],
          [<kbd key="x">x</kbd>, words.pick],
          [<kbd key="*">*</kbd>, words.pickAll],
          [<kbd key="u">u</kbd>, words.undo],
          [<kbd key="/">/</kbd>, words.search],
        ]}
      />
    </>
  );
}

interface KeysProps {
  title: string;
  keys: readonly (readonly [keys: ComponentChildren, does: string])[];
}

function Keys({ title, keys }: KeysProps) {
  return (
    <section class="stack-s">
      <h2 class="small-title">{title}</h2>
      <dl class="known">
        {keys.map(([pressed, does]) => (
          <Fragment key={does}>
            <dt>{pressed}</dt>
            <dd>{does}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}

/** Switches the keys without Ctrl and comes back to `path`. Works without scripts. */
export function KeySwitch({ on, path }: { on: boolean; path: string }) {
  const words = useWords("keys");
  return (
    <form class="stack-s" method="post" action="/keys">
      <input type="hidden" name="back" value={path} />
      <p>{on ? words.singleOn : words.singleOff}</p>
      <p class="hint">{words.singleHint}</p>
      <p>
        <button type="submit" class="button" name="single" value={on ? "off" : "on"}>
          {on ? words.switchOff : words.switchOn}
        </button>
      </p>
    </form>
  );
}
