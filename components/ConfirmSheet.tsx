import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { placed } from "../lib/browser/base_path.ts";
import { type Ask, askOf, askWords } from "../lib/browser/confirm_ask.ts";
import { pressBeside } from "../lib/browser/sheet.ts";
import type { SomeWords } from "../lib/words/mod.ts";

interface Asked {
  ask: Ask;
  form: HTMLFormElement;
  submitter: HTMLElement | null;
}

/** The dialog before what cannot be undone, for every form of the page that wants it. */
export function ConfirmSheet({ words }: { words: SomeWords<"confirm"> }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const asked = useSignal<Asked | null>(null);
  const own = words.sections.confirm;

  useEffect(() => {
    // Before the form's own handler: what it does must not begin.
    const onSubmit = (event: SubmitEvent) => {
      const form = event.target;
      const ask = form instanceof HTMLFormElement ? askOf(form.dataset.ask) : null;
      if (ask === null || !(form instanceof HTMLFormElement) || form.dataset.sure !== undefined) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { current } = dialog;
      if (current === null) return;
      asked.value = { ask, form, submitter: event.submitter };
      // It keeps the answer of the last time, and Escape gives none.
      current.returnValue = "";
      current.showModal();
    };
    document.addEventListener("submit", onSubmit, { capture: true });
    return () => document.removeEventListener("submit", onSubmit, { capture: true });
  }, []);

  const answer = () => {
    const { current } = dialog;
    const now = asked.value;
    if (current === null || now === null) return;
    asked.value = null;
    if (current.returnValue !== "yes") return;
    const { form, submitter } = now;
    const to = new FormData(form).get("to");
    form.dataset.sure = "";
    form.setAttribute("action", placed(typeof to === "string" ? to : "/"));
    form.requestSubmit(submitter);
    delete form.dataset.sure;
    form.setAttribute("action", placed("/confirm"));
  };

  const said = asked.value === null ? null : askWords(own, asked.value.ask);
  return (
    <dialog
      class="sheet"
      ref={dialog}
      aria-labelledby="confirm-title"
      aria-describedby="confirm-hint"
      onClose={answer}
      onClick={pressBeside}
    >
      <h2 id="confirm-title">{said?.title ?? own.title}</h2>
      <p id="confirm-hint">{said?.hint}</p>
      <form class="row" method="dialog">
        <button type="submit" class="button" value="no">{own.keep}</button>
        <button type="submit" class="button button-main" value="yes">{said?.act ?? own.title}</button>
      </form>
    </dialog>
  );
}
