import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useWords, WordsProvider } from "../components/words.tsx";
import { placed } from "../lib/browser/base_path.ts";
import {
  permission,
  readWays,
  saveWays,
  tellWays,
  type WayKind,
  wayKinds,
  type Ways,
} from "../lib/browser/ways.ts";
import type { SomeWords } from "../lib/words/mod.ts";
import { fill } from "../lib/words/shape.ts";

/** UI-11: sound and browser notifications of an open page, a choice for each kind of news, kept by this browser. */
export default function NoticeWays({ words }: { words: SomeWords<"ways"> }) {
  return (
    <WordsProvider words={words}>
      <Choices />
    </WordsProvider>
  );
}

function Choices() {
  const words = useWords("ways");
  const ways = useSignal<Ways>({});
  const live = useSignal(false);
  const problem = useSignal<string | null>(null);
  const kinds = Object.keys(wayKinds) as WayKind[];
  const names = Object.fromEntries(kinds.map((kind) => [kind, words[`way_${kind}`]])) as Record<
    WayKind,
    string
  >;
  useEffect(() => {
    ways.value = readWays();
    live.value = true;
    void tellWays(ways.value, names);
  }, []);

  const choose = async (kind: WayKind, way: "sound" | "show", on: boolean) => {
    problem.value = null;
    // Asked for by this press alone, and never before.
    if (way === "show" && on && await allowed() !== "granted") {
      problem.value = words.waysDenied;
      ways.value = { ...ways.value };
      return;
    }
    const before = ways.value[kind] ?? { sound: false, show: false };
    ways.value = { ...ways.value, [kind]: { ...before, [way]: on } };
    if (!saveWays(ways.value)) problem.value = words.waysUnkept;
    void tellWays(ways.value, names);
    if (way === "sound" && on) play();
  };
  const columns = [["sound", words.waySound], ["show", words.wayShow]] as const;
  return (
    <div class="stack-s" inert={!live.value}>
      {problem.value === null ? null : <p class="field-error" role="alert">{problem.value}</p>}
      <table class="ways">
        <thead>
          <tr>
            <td />
            {columns.map(([way, name]) => <th scope="col" key={way}>{name}</th>)}
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind) => (
            <tr key={kind}>
              <th scope="row">{names[kind]}</th>
              {columns.map(([way, name]) => (
                <td key={way}>
                  <input
                    type="checkbox"
                    aria-label={fill(words.wayFor, { way: name, kind: names[kind] })}
                    checked={ways.value[kind]?.[way] === true}
                    onChange={(event) => void choose(kind, way, event.currentTarget.checked)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        <button type="button" class="button button-small" onClick={play}>{words.wayTry}</button>
      </p>
    </div>
  );
}

/** What the browser says, after it has asked the person if it had to. */
async function allowed(): Promise<NotificationPermission> {
  const now = permission() ?? "denied";
  return now === "default" ? await Notification.requestPermission() : now;
}

function play(): void {
  void new Audio(placed("/ring.wav")).play().catch(() => {});
}
