import { type Context, page } from "fresh";
import { Notice } from "../../components/Notice.tsx";
import { PageHead } from "../../components/PageHead.tsx";
import { PushChoices } from "../../components/PushChoices.tsx";
import { PushDevices } from "../../components/PushDevices.tsx";
import { Time } from "../../components/Time.tsx";
import { Filled, useWords } from "../../components/words.tsx";
import Push from "../../islands/Push.tsx";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { problemOf, readForm } from "../../lib/web/forms/form.ts";
import { namedContacts, namedGroups } from "../../lib/text/mod.ts";
import { choicesChangeOf } from "../../lib/web/forms/notifications.ts";
import { refusedPage, seeOther } from "../../lib/web/pages.ts";
import { checked, pushChoicesChange, type PushDevices as Devices, Refusal } from "../../lib/protocol/mod.ts";
import { someWords } from "../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await read(ctx), problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await act(ctx, form);
    if (!(done instanceof Refusal)) return seeOther(`/notifications?notice=${done}`);
    return page({ ...await read(ctx), problem: problemOf(done, ctx.state.language) }, refusedPage(done));
  },
});

async function read(ctx: Context<PersonState>) {
  const { push, contacts, groups } = ctx.state.services;
  const caller = ctx.state.caller;
  const [devices, choices, known, own] = await Promise.all([
    push.list(caller),
    push.choices(caller),
    contacts.list(caller),
    groups.list(caller),
  ]);
  return {
    key: push.state().key,
    devices,
    choices,
    contacts: namedContacts(choices, known.contacts),
    groups: namedGroups(choices, own.groups),
  };
}

async function act(
  ctx: Context<PersonState>,
  form: URLSearchParams,
): Promise<"saved" | "removed" | "test" | "test-failed" | Refusal> {
  const { push } = ctx.state.services;
  const caller = ctx.state.caller;
  const id = form.get("id") ?? "";
  switch (form.get("action")) {
    case "test": {
      const tested = await push.test(caller, id);
      if (tested instanceof Refusal) return tested;
      return tested.last?.outcome === "sent" ? "test" : "test-failed";
    }
    case "remove": {
      const removed = await push.remove(caller, id);
      return removed instanceof Refusal ? removed : "removed";
    }
  }
  const change = checked(pushChoicesChange, choicesChangeOf(form));
  const saved = change instanceof Refusal ? change : await push.choose(caller, change);
  return saved instanceof Refusal ? saved : "saved";
}

export default definePerson.page<typeof handler>(function NotificationsPage({ data, state, url }) {
  const words = useWords("notifications");
  const notices = new Map([
    ["saved", words.doneSaved],
    ["removed", words.doneRemoved],
    ["test", words.doneTest],
    ["test-failed", words.doneTestFailed],
  ]);
  const { key, devices: { devices, holds }, choices, contacts, groups, problem } = data;
  return (
    <>
      <PageHead
        title={words.title}
        lead={words.lead}
        notice={notices.get(url.searchParams.get("notice") ?? "")}
        problem={problem}
      />
      {key === null ? <Notice>{words.off}</Notice> : null}
      <Holds holds={holds} />
      {key === null ? null : <Push publicKey={key} words={someWords(state.language, ["push"])} />}
      <section class="panel" aria-labelledby="devices">
        <h2 id="devices">{words.devices}</h2>
        {devices.length === 0
          ? (
            <p class="soft">
              {words.none}.{key === null ? null : ` ${words.noneLead}`}
            </p>
          )
          : <PushDevices devices={devices} />}
      </section>
      <PushChoices choices={choices} contacts={contacts} groups={groups} errors={problem?.fields ?? {}} />
      <WhyNot />
    </>
  );
});

/** What holds everything now. */
function Holds({ holds }: Pick<Devices, "holds">) {
  const words = useWords("notifications");
  if (holds === null) return null;
  if (holds.rule === "stopped") return <Notice>{words.heldStopped}</Notice>;
  return (
    <Notice>
      <Filled
        text={words.heldQuiet}
        until={holds.until === null ? "" : <Time value={holds.until} />}
      />
    </Notice>
  );
}

function WhyNot() {
  const words = useWords("notifications");
  const reasons = [
    words.whyPage,
    words.whyRules,
    words.whyBrowser,
    words.whyIphone,
    words.whyAndroid,
    words.whyDesktop,
    words.whyApp,
  ];
  return (
    <section class="panel" aria-labelledby="why">
      <h2 id="why">{words.why}</h2>
      <ul>
        {reasons.map((reason) => <li key={reason}>{reason}</li>)}
      </ul>
    </section>
  );
}
