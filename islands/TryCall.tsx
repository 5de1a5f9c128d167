import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { AreaField, Check, TextField } from "../components/Field.tsx";
import { useWords, WordsProvider } from "../components/words.tsx";
import { parsed, restAddress, type Tried, tryRest, trySocket } from "../lib/browser/try_call.ts";
import type { SomeWords } from "../lib/words/mod.ts";

interface Call {
  name: string;
  over: "socket" | "rest";
  target: string;
  verb: string;
  /** JSON to begin with; null: it takes none. */
  body: string | null;
  changes: boolean;
}

/** OP-5: sends one call of the reference with the person's own session, and shows the answer. Without scripts it says so. */
export default function TryCall({ words, ...rest }: { call: Call; words: SomeWords<"tries"> }) {
  return (
    <WordsProvider words={words}>
      <Form {...rest} />
    </WordsProvider>
  );
}

function Form({ call: { over, target, verb, body, changes } }: { call: Call }) {
  const words = useWords("tries");
  const live = useSignal(false);
  // As typed, so that drawing the form anew changes nothing in it.
  const typedAddress = useSignal(target);
  const agreed = useSignal(false);
  const busy = useSignal(false);
  const errors = useSignal<{ address?: string; body?: string }>({});
  const tried = useSignal<Tried | null>(null);
  const failed = useSignal(false);
  useEffect(() => {
    live.value = true;
  }, []);

  const send = async (form: FormData) => {
    const typed = String(form.get("json") ?? "");
    typedAddress.value = String(form.get("address") ?? "");
    agreed.value = form.has("agree");
    const address = over === "rest" ? restAddress(typedAddress.value) : target;
    const value = body === null ? null : parsed(typed);
    errors.value = {
      ...(address === null ? { address: words.notHere } : {}),
      ...(value === undefined ? { body: words.notJson } : {}),
    };
    if (address === null || value === undefined || busy.value) return;
    busy.value = true;
    failed.value = false;
    // Asked each time.
    agreed.value = false;
    try {
      tried.value = over === "rest"
        ? await tryRest(verb, address, body === null ? null : typed)
        : await trySocket(target, value);
    } catch {
      tried.value = null;
      failed.value = true;
    }
    busy.value = false;
  };

  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void send(new FormData(event.currentTarget));
      }}
    >
      {over === "socket" ? null : (
        <TextField
          name="address"
          label={`${words.address} (${verb})`}
          hint={words.addressHint}
          error={errors.value.address}
          value={typedAddress.value}
          spellcheck={false}
          autocomplete="off"
          required
        />
      )}
      {body === null ? null : (
        <AreaField
          name="json"
          label={words.body}
          hint={words.bodyHint}
          error={errors.value.body}
          value={body}
          rows={Math.min(16, body.split("\n").length + 1)}
        />
      )}
      {changes
        ? <Check name="agree" value="yes" label={words.agree} checked={agreed.value} required />
        : null}
      <div>
        <button type="submit" class="button" disabled={!live.value || busy.value}>
          {busy.value ? words.sending : words.send}
        </button>
      </div>
      {live.value ? null : <p class="hint">{words.scripts}</p>}
      <div aria-live="polite">
        {failed.value ? <p class="field-error">{words.offline}</p> : null}
        {tried.value === null ? null : <Outcome tried={tried.value} />}
      </div>
    </form>
  );
}

function Outcome({ tried: { status, text, then } }: { tried: Tried }) {
  const words = useWords("tries");
  const next = encodeURIComponent(`/docs${globalThis.location?.search ?? ""}`);
  return (
    <>
      <p>
        <b>{words.answer}</b> {status}
      </p>
      {then === null ? null : (
        <p>
          <a href={`${then === "logIn" ? "/login" : "/prove"}?next=${next}`}>{words[then]}</a>
        </p>
      )}
      {text === "" ? null : <pre class="code" tabIndex={0}>{text}</pre>}
    </>
  );
}
