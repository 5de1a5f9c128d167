import { type Context, page } from "fresh";
import { BackupPanel } from "../../../components/BackupPanel.tsx";
import { OverviewHealth } from "../../../components/OverviewHealth.tsx";
import { PageHead } from "../../../components/PageHead.tsx";
import {
  SystemConfiguration,
  SystemJobs,
  SystemLicences,
  SystemVersions,
} from "../../../components/SystemFacts.tsx";
import { useWords } from "../../../components/words.tsx";
import { Refusal } from "../../../lib/protocol/mod.ts";
import { definePerson, type PersonState } from "../../../lib/web/define.ts";
import { problemOf } from "../../../lib/web/forms/form.ts";
import { noPage, refusedPage, seeOther } from "../../../lib/web/pages.ts";

/** MO-4: the server itself. The form makes a backup (OP-6). */
export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await shown(ctx), problem: null }),
  async POST(ctx) {
    const { services, caller, language } = ctx.state;
    const made = await services.backups.make(caller);
    if (!(made instanceof Refusal)) return seeOther("/admin/system?notice=begun#backups");
    return page({ ...await shown(ctx), problem: problemOf(made, language) }, refusedPage(made));
  },
});

async function shown({ state, url }: Context<PersonState>) {
  const { system, health, scanning, config, clock } = state.services;
  const [found, checks, scans] = await Promise.all([
    system.state(state.caller),
    health.ready(),
    scanning.status(),
  ]);
  if (found instanceof Refusal) throw noPage(found);
  return {
    system: found,
    checks,
    scans,
    registration: config.registration,
    production: config.mode === "production",
    now: new Date(clock.now()).toISOString(),
    begun: url.searchParams.get("notice") === "begun",
  };
}

export default definePerson.page<typeof handler>(function SystemPage({ data }) {
  const words = useWords("system");
  const frame = useWords("frame");
  const { system, problem, begun, ...rest } = data;
  return (
    <>
      <PageHead
        title={frame.system}
        lead={words.lead}
        notice={begun ? words.begun : undefined}
        problem={problem}
      />
      <OverviewHealth {...rest} series={null} backup={system.backup} />
      <BackupPanel backup={system.backup} />
      <SystemJobs jobs={system.jobs} />
      <SystemVersions {...system} />
      <SystemConfiguration configuration={system.configuration} />
      <SystemLicences licences={system.licences} />
    </>
  );
});
