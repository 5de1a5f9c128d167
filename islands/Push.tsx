import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useWords, WordsProvider } from "../components/words.tsx";
import { endSubscription, tellSubscription } from "../lib/browser/worker.ts";
import type { SomeWords } from "../lib/words/mod.ts";

interface PushProps {
  /** Of the server, base64url (VAPID). */
  publicKey: string;
}

type PushStatus = "unknown" | "unsupported" | "denied" | "on" | "off";

/** Switches the notifications of this browser on and off (UI-7). */
export default function Push({ words, publicKey }: PushProps & { words: SomeWords<"push"> }) {
  return (
    <WordsProvider words={words}>
      <Switch publicKey={publicKey} />
    </WordsProvider>
  );
}

function Switch({ publicKey }: PushProps) {
  const words = useWords("push");
  const status = useSignal<PushStatus>("unknown");
  const busy = useSignal(false);
  const failed = useSignal(false);

  const look = async () => {
    const manager = await pushManager();
    if (manager === null) status.value = "unsupported";
    else if (Notification.permission === "denied") status.value = "denied";
    else {
      const subscription = await manager.getSubscription();
      // The session may be a new one (AU-13), and the subscriptions of the one before ended with it.
      const isOn = subscription !== null && await tellSubscription(subscription).catch(() => true);
      status.value = isOn ? "on" : "off";
    }
  };
  const change = async (work: (manager: PushManager) => Promise<boolean>) => {
    const manager = await pushManager();
    if (manager === null) return look();
    busy.value = true;
    try {
      failed.value = !await work(manager);
    } catch {
      failed.value = true;
    }
    busy.value = false;
    await look();
  };
  useEffect(() => void look().catch(() => status.value = "unsupported"), []);

  const turnOn = () =>
    change(async (manager) => {
      if (await Notification.requestPermission() !== "granted") return true;
      const subscription = await manager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: publicKey,
      });
      return await tellSubscription(subscription);
    });
  const turnOff = () =>
    change(async (manager) => {
      const subscription = await manager.getSubscription();
      if (subscription !== null) await endSubscription(subscription);
      return true;
    });

  return (
    <section class="panel" aria-labelledby="push">
      <h2 id="push">{words.title}</h2>
      <p>{words.lead}</p>
      <p role="status">
        {status.value === "unknown" ? "" : words[status.value]}
      </p>
      {failed.value ? <p class="field-error" role="alert">{words.failed}</p> : null}
      {status.value === "on" || status.value === "off"
        ? (
          <p>
            <button
              type="button"
              class="button"
              disabled={busy.value}
              onClick={() => void (status.value === "on" ? turnOff() : turnOn())}
            >
              {status.value === "on" ? words.turnOff : words.turnOn}
            </button>
          </p>
        )
        : null}
    </section>
  );
}

/** Null where the browser, or this way of opening the page, has none. */
async function pushManager(): Promise<PushManager | null> {
  if (navigator.serviceWorker === undefined || typeof Notification === "undefined") return null;
  return (await navigator.serviceWorker.ready).pushManager ?? null;
}
