import { type Context, page } from "fresh";
import { AreaField, Check, Group, TextField } from "../../components/Field.tsx";
import { ProblemNotice } from "../../components/Notice.tsx";
import Recipients from "../../islands/Recipients.tsx";
import TimeZone from "../../islands/TimeZone.tsx";
import { define, type State } from "../../lib/define.ts";
import { readForm, refusedPage, seeOther } from "../../lib/forms.ts";
import { callerOf } from "../../lib/page_caller.ts";
import { checked, methods, Refusal } from "../../lib/protocol/mod.ts";
import { draftOf, emptySend, newKey, sendProblem, typedSend } from "../../lib/send_form.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const typed = { ...emptySend(), to: ctx.url.searchParams.get("to") ?? "" };
    return page({ ...await choices(ctx), typed, problem: null });
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const draft = form instanceof Refusal ? form : checked(methods["command.send"].params, draftOf(form));
    const sent = draft instanceof Refusal
      ? draft
      : await ctx.state.services.commands.send(callerOf(ctx.state), draft);
    if (!(sent instanceof Refusal)) {
      return seeOther(`/sent?notice=${sent.command.deliverAt === null ? "sent" : "scheduled"}`);
    }
    const typed = form instanceof Refusal ? emptySend() : typedSend(form);
    // The same form with other words: what was sent before stays sent, and this becomes a new command.
    if (sent.kind === "conflict") typed.key = newKey();
    return page({ ...await choices(ctx), typed, problem: sendProblem(sent, typed) }, refusedPage(sent));
  },
});

/** What the form offers; without it the form still works, only with less to pick from. */
async function choices(ctx: Context<State>) {
  const { contacts, categories } = ctx.state.services;
  const list = await contacts.list(callerOf(ctx.state), {});
  return {
    contacts: list instanceof Refusal
      ? []
      : list.contacts.map(({ username, displayName }) => ({ username, displayName })),
    categories: (await categories.list()).categories,
  };
}

const kinds = [
  ["message", "Message", "Something to read."],
  ["task", "Task", "Something to do, with a deadline if you like."],
  ["link", "Link", "An address to look at. It never opens by itself."],
] as const;

const requirements = [
  ["none", "Nothing", "They say themselves when it is done."],
  ["confirmation", "A confirmation", "They confirm that it was done."],
  ["review", "Your review", "They hand it in, and you accept it or give it back."],
] as const;

export default define.page<typeof handler>(function Send({ data }) {
  const { typed, problem } = data;
  const errors = problem?.fields ?? {};
  return (
    <>
      <div class="page-head">
        <h1>Send</h1>
        <p class="lead">
          They decide what they take. What somebody does not want looks to you like something that waits.
        </p>
      </div>
      <ProblemNotice problem={problem} />
      <form class="form send-form" method="post" action="/send">
        <input type="hidden" name="key" value={typed.key} />
        <section class="panel" aria-label="What">
          <Recipients value={typed.to} contacts={data.contacts} error={errors.to} />
          <Group name="kind" legend="Kind" error={errors.kind}>
            {kinds.map(([value, label, hint]) => (
              <Check
                key={value}
                type="radio"
                name="kind"
                value={value}
                label={label}
                hint={hint}
                checked={typed.kind === value}
              />
            ))}
          </Group>
          <TextField name="title" label="Title" value={typed.title} error={errors.title} autocomplete="off" />
          <AreaField name="body" label="Text" value={typed.body} error={errors.body} />
          <div class="only-link">
            <TextField
              name="href"
              label="Address"
              hint="It begins with https://"
              value={typed.href}
              error={errors.href}
              inputMode="url"
              autocomplete="off"
              spellcheck={false}
            />
          </div>
        </section>
        <section class="panel" aria-label="Categories">
          <Group
            name="categories"
            legend="Categories"
            hint="What it is about, up to five. One that somebody blocks keeps it from them. None ticked: general."
            error={errors.categories}
          >
            {data.categories.map((category) => (
              <Check
                key={category.slug}
                name="categories"
                value={category.slug}
                label={category.title}
                hint={category.description}
                checked={typed.categories.includes(category.slug)}
              />
            ))}
          </Group>
        </section>
        <details
          class="panel"
          open={["dueAt", "deliverAt", "expiresAt", "requires"].some((name) => name in errors) || typed.timed}
        >
          <summary>
            <h2>Times and answers</h2>
          </summary>
          <div class="stack">
            <TimeZone zone={typed.zone} />
            <div class="grid-2">
              <TextField
                name="dueAt"
                label="Due"
                type="datetime-local"
                value={typed.dueAt}
                error={errors.dueAt}
              />
              <TextField
                name="deliverAt"
                label="Send later, at"
                type="datetime-local"
                value={typed.deliverAt}
                error={errors.deliverAt}
              />
              <TextField
                name="expiresAt"
                label="Take back, at"
                type="datetime-local"
                value={typed.expiresAt}
                error={errors.expiresAt}
              />
            </div>
            <Group name="requires" legend="What you ask back" error={errors.requires}>
              {requirements.map(([value, label, hint]) => (
                <Check
                  key={value}
                  type="radio"
                  name="requires"
                  value={value}
                  label={label}
                  hint={hint}
                  checked={typed.requires === value}
                />
              ))}
            </Group>
          </div>
        </details>
        <div class="savebar">
          <button type="submit" class="button button-main">Send</button>
        </div>
      </form>
    </>
  );
});
