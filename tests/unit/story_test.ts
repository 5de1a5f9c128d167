import assert from "node:assert/strict";
import type { TimelineEntry } from "../../lib/protocol/mod.ts";
import { storyOf } from "../../lib/text/story.ts";
import { fill, wordsOf } from "../../lib/words/mod.ts";
import { CommandRig, taken } from "../fakes/command_rig.ts";

const words = wordsOf("en").story;

/** The steps as sentences: `You` for the reader, the username for others. */
function told(entries: readonly TimelineEntry[], username: string, several = false): string[] {
  return storyOf(words, entries, { language: "en", username, sender: "ann", several }).map((
    { text, who, of, note },
  ) =>
    [
      fill(text, { who: who === username ? words.you : who ?? "" }),
      of === null ? "" : ` (${of})`,
      note ? `: ${note}` : "",
    ]
      .join("")
  );
}

Deno.test("CM-5 CM-7: both sides read who did what, each with their own words and files, also of what was returned", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const { id } = await rig.send(ann, bob, { requires: "review" });
  await rig.take(bob);
  const { transitions, history } = rig.room;
  const answer = async (state: "seen" | "accepted" | "submitted", note?: string) => {
    rig.clock.advance(1000);
    taken(await transitions.update(bob, { id, state, ...(note === undefined ? {} : { note }) }));
  };
  const review = async (accept: boolean, note: string) => {
    rig.clock.advance(1000);
    taken(await transitions.review(ann, { id, recipient: "bob", accept, note }));
  };
  await answer("accepted", "Will do");
  await answer("submitted", "First");
  await review(false, "Nearly");
  await answer("submitted", "Second");
  await review(true, "Lovely");
  const [sender, recipient] = [taken(await history.get(ann, { id })), taken(await history.get(bob, { id }))];
  assert.deepEqual(told(sender.timeline, "ann"), [
    "bob got it",
    "bob accepted it: Will do",
    "bob submitted: First",
    "You returned the submission: Nearly",
    "bob submitted again: Second",
    "You accepted the submission: Lovely",
  ]);
  assert.deepEqual(told(recipient.timeline, "bob"), [
    "You got it",
    "You accepted it: Will do",
    "You submitted: First",
    "ann returned the submission: Nearly",
    "You submitted again: Second",
    "ann accepted the submission: Lovely",
  ]);
});

Deno.test("CM-7: with several people the story names whom a step is about, and leaves out who got and who saw it", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob, carl, dora] = ["ann", "bob", "carl", "dora"].map((name) => rig.person(name));
  for (const one of [bob, carl, dora]) rig.connect(ann!, one!);
  const { id } = await rig.send(ann!, [bob!, carl!, dora!]);
  for (const one of [bob, carl, dora]) await rig.take(one!);
  const { transitions, safety, history } = rig.room;
  rig.clock.advance(1000);
  taken(await transitions.update(bob!, { id, state: "seen" }));
  rig.clock.advance(1000);
  taken(await transitions.update(bob!, { id, state: "declined", note: "No" }));
  rig.clock.advance(1000);
  taken(await safety.stop(carl!));
  await rig.runDue(1000);
  taken(await transitions.cancel(ann!, { id }));
  const { timeline } = taken(await history.get(ann!, { id }));
  assert.deepEqual(told(timeline, "ann", true), [
    "bob declined: No",
    "Stopped (carl)",
    "You cancelled it (dora)",
  ]);
});

Deno.test("CM-8 DL-6 FI-6: what the server did is nobody's: delivery that began later, an end, a file that did not pass", () => {
  const at = "2026-01-01T00:00:00.000Z";
  const entries: TimelineEntry[] = [
    { at, state: "scheduled", who: "bob" },
    { at, state: "scheduled", who: "carl" },
    { at, state: "queued", who: "bob" },
    { at, state: "queued", who: "carl" },
    { at, state: "failed", who: "bob", note: "A file did not pass." },
    { at, state: "expired", who: "carl" },
  ];
  assert.deepEqual(told(entries, "ann", true), [
    "Delivery began",
    "Not delivered (bob): A file did not pass.",
    "Expired (carl)",
  ]);
  assert.deepEqual(
    told([{ at, state: "queued" }, { at, state: "delivered" }, { at, state: "expired" }], "bob"),
    [
      "You got it",
      "Expired",
    ],
  );
});

Deno.test("FI-6: why the server ended a command is in the reader's language, and what a person wrote stays as it is", () => {
  const at = "2026-01-01T00:00:00.000Z";
  const read = (who: string | undefined, note: string) => {
    const entry = { at, state: "failed" as const, note, ...(who === undefined ? {} : { who }) };
    const reader = { language: "de", username: "ann", sender: "ann", several: false } as const;
    return storyOf(wordsOf("de").story, [{ at, state: "delivered", who: "bob" }, entry], reader).at(-1)!.note;
  };
  const server = "A file did not pass the checks.";
  assert.equal(read(undefined, server), "Eine Datei hat die Prüfung nicht bestanden.");
  assert.equal(read("bob", server), server);
  assert.equal(read(undefined, "No time"), "No time");
});
