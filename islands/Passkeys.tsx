import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { WithScripts } from "../components/WithScripts.tsx";
import { placed } from "../lib/browser/base_path.ts";
import { createPasskey, hasPasskeys, showPasskey } from "../lib/browser/passkeys.ts";

/** What a press of the button came to, until the page is sent. */
type Phase = "idle" | "working" | "failed";

interface LoginProps {
  /** Address of what the device is asked to sign. */
  options?: string;
  words: { passkey: string; waiting: string; failed: string; or: string };
}

/**
 * "Use a passkey", first in the form of the login: what the device signed goes with the form, so the token never is in a script's
 * hands. Also tells the time zone, by which the person knows the session later.
 */
export function PasskeyLogin({ words, options: path = "/api/v1/auth/passkey/options" }: LoginProps) {
  const able = useSignal<boolean | null>(null);
  const phase = useSignal<Phase>("idle");
  const zone = useSignal("");
  const signed = useRef<HTMLInputElement>(null);
  useEffect(() => {
    able.value = hasPasskeys();
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  }, []);
  const press = async () => {
    phase.value = "working";
    const options = await asked(path);
    const response = options.ok ? await showPasskey(options.body) : null;
    const field = signed.current;
    if (response === null || field === null) return void (phase.value = "failed");
    field.disabled = false;
    field.value = response;
    // Past the checks of the other fields: nothing is typed with a passkey.
    field.form?.submit();
  };
  return (
    <>
      <input type="hidden" name="zone" value={zone.value} />
      {able.value === false ? null : (
        <WithScripts started={able.value === true}>
          <div class="stack-s">
            <input type="hidden" name="passkey" ref={signed} disabled />
            <button
              type="button"
              class="button button-wide"
              disabled={phase.value === "working"}
              onClick={press}
            >
              {words.passkey}
            </button>
            <p class="small" role="status">
              {phase.value === "working" ? words.waiting : phase.value === "failed" ? words.failed : ""}
            </p>
            <p class="divider">{words.or}</p>
          </div>
        </WithScripts>
      )}
    </>
  );
}

interface AddProps {
  action: string;
  /** False where the person has just shown who they are. */
  asksPassword?: boolean;
  words: {
    name: string;
    nameHint: string;
    password: string;
    add: string;
    waiting: string;
    failed: string;
    wrongPassword: string;
    noName: string;
    tooMany: string;
    needsScript: string;
    needsSupport: string;
  };
}

/** Adds a passkey: asks for the password first, then the device. */
export function PasskeyAdd({ action, asksPassword = true, words }: AddProps) {
  const able = useSignal<boolean | null>(null);
  const working = useSignal(false);
  const problem = useSignal("");
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    able.value = hasPasskeys();
  }, []);
  if (able.value !== true) {
    return <p class="soft">{able.value === null ? words.needsScript : words.needsSupport}</p>;
  }
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    working.value = true;
    problem.value = "";
    const password = new FormData(form.current!).get("passkeyPassword");
    const options = await asked(
      "/api/v1/auth/passkeys/options",
      asksPassword ? { password: String(password ?? "") } : {},
    );
    const response = options.ok ? await createPasskey(options.body) : null;
    if (response !== null) return send(form.current, response);
    working.value = false;
    problem.value = options.ok ? words.failed : problemOf(options, words);
  };
  return (
    <form class="form" method="post" action={action} ref={form} onSubmit={submit}>
      <input type="hidden" name="action" value="passkey" />
      <input type="hidden" name="passkey" />
      <div class="field">
        <label for="passkeyName">{words.name}</label>
        <p class="hint" id="passkeyName-hint">{words.nameHint}</p>
        <input
          class="input"
          id="passkeyName"
          name="passkeyName"
          aria-describedby="passkeyName-hint"
          autocomplete="off"
          maxLength={60}
          required
        />
      </div>
      {asksPassword
        ? (
          <div class="field">
            <label for="passkeyPassword">{words.password}</label>
            <input
              class="input"
              id="passkeyPassword"
              name="passkeyPassword"
              type="password"
              autocomplete="current-password"
              required
            />
          </div>
        )
        : null}
      <div>
        <button type="submit" class="button" disabled={working.value}>{words.add}</button>
      </div>
      <p class="small" role="status">{working.value ? words.waiting : problem.value}</p>
    </form>
  );
}

type Answer = { ok: true; body: unknown } | { ok: false; status: number; body: unknown };

async function asked(path: string, body: object = {}): Promise<Answer> {
  try {
    const response = await fetch(placed(path), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const { ok, status } = response;
    return ok ? { ok, body: await response.json() } : { ok, status, body: await response.json() };
  } catch {
    return { ok: false, status: 0, body: null };
  }
}

function problemOf({ status, body }: { status: number; body: unknown }, words: AddProps["words"]): string {
  const fields = (body as { fields?: { password?: string } } | null)?.fields;
  if (fields?.password !== undefined) return words.wrongPassword;
  return status === 429 ? words.tooMany : status === 409 ? words.noName : words.failed;
}

/** Past `onSubmit`: what it waited for is there. */
function send(form: HTMLFormElement | null, response: string): void {
  const field = form?.elements.namedItem("passkey");
  if (!(field instanceof HTMLInputElement)) return;
  field.value = response;
  form!.submit();
}
