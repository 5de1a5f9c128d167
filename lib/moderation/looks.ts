import { auditEntryOf, type Caller } from "../platform/mod.ts";
import { type Answer, type CommandTruth, type CommandWhy, Refusal } from "../protocol/mod.ts";
import type { CaseStore } from "./case_ports.ts";
import { hiddenFrom } from "./staff.ts";

export interface LooksNeeds {
  store: Pick<CaseStore, "looked">;
  commands: {
    of(commandId: string): Promise<{ truth: CommandTruth; people: string[] } | null>;
    why(commandId: string, userId: string): Promise<CommandWhy | null>;
  };
  /** The id of a username; null for nobody. */
  idOf(username: string): Promise<string | null>;
}

/** MO-6: moderators look a command up. Each look is in the audit log, and in the export of the people whose it is. */
export class Looks {
  readonly #needs: LooksNeeds;

  constructor(needs: LooksNeeds) {
    this.#needs = needs;
  }

  async command(caller: Caller, commandId: string): Answer<CommandTruth> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    const found = await this.#needs.commands.of(commandId);
    if (found === null) return missing();
    if (found.truth.from === caller.username) return ownCommand();
    const entry = auditEntryOf(caller, "command.look", `command:${commandId}`);
    await this.#needs.store.looked([...new Set(found.people)], entry);
    return found.truth;
  }

  async why(caller: Caller, commandId: string, username: string): Answer<CommandWhy> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    const userId = await this.#needs.idOf(username);
    const why = userId === null ? null : await this.#needs.commands.why(commandId, userId);
    if (userId === null || why === null) return missing();
    if (why.from === caller.username) return ownCommand();
    const entry = auditEntryOf(caller, "command.why", username, { command: commandId });
    await this.#needs.store.looked([userId], entry);
    return why;
  }
}

/** CO-10: whoever sent a command would learn who blocks them. Another moderator can look. */
function ownCommand(): Refusal {
  return new Refusal("forbidden", "look.own");
}

function missing(): Refusal {
  return new Refusal("not_found", "command.missing");
}
