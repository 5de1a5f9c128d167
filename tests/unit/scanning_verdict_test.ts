import assert from "node:assert/strict";
import type { CsamFinding, VirusFinding } from "../../lib/scanning/ports.ts";
import { decide, type Decision, type Standing } from "../../lib/scanning/verdict.ts";

const at = "2026-01-01T00:00:00.000Z";
const holding = { incomplete: "hold", standing: "new" } as const;

function findings(virus: VirusFinding["verdict"], csam: CsamFinding["verdict"]) {
  return {
    virus: { verdict: virus, scanner: "v", version: "1", answer: `virus ${virus}` },
    csam: { verdict: csam, scanner: "c", version: "2", answer: `csam ${csam}` },
  };
}

/** A decision in a word or two. */
function brief(decision: Decision): string {
  if (decision.kind !== "conclude") return decision.kind;
  const { state, refuse } = decision.conclusion;
  return refuse === undefined ? state : `${state}, refused ${refuse}`;
}

const infected = "rejected, refused infected";
const ncii = "rejected, refused ncii";

/** SC-2 by hand: the state of a new blob, with `BEHEST_INCOMPLETE=hold`. Complete by the type. */
const table: Record<VirusFinding["verdict"], Record<CsamFinding["verdict"], string>> = {
  clean: {
    clean: "clean",
    not_applicable: "clean",
    match: "match",
    ncii,
    listed: "held",
    incomplete: "held",
    error: "retry",
  },
  infected: {
    clean: infected,
    not_applicable: infected,
    match: "match",
    ncii,
    listed: infected,
    incomplete: infected,
    error: infected,
  },
  incomplete: {
    clean: "held",
    not_applicable: "held",
    match: "match",
    ncii,
    listed: "held",
    incomplete: "held",
    error: "retry",
  },
  error: {
    clean: "retry",
    not_applicable: "retry",
    match: "match",
    ncii,
    listed: "retry",
    incomplete: "retry",
    error: "retry",
  },
};

function each(run: (virus: VirusFinding["verdict"], csam: CsamFinding["verdict"], expected: string) => void) {
  for (const [virus, row] of Object.entries(table)) {
    for (const [csam, expected] of Object.entries(row)) {
      run(virus as VirusFinding["verdict"], csam as CsamFinding["verdict"], expected);
    }
  }
}

Deno.test("SC-2, SC-9: every pair of verdicts comes to what the table says", () => {
  let count = 0;
  each((virus, csam, expected) => {
    count++;
    assert.equal(brief(decide(findings(virus, csam), holding, at)), expected, `${virus} and ${csam}`);
  });
  assert.equal(count, 28);
});

Deno.test("SC-2: clean needs the word of both, whatever the settings and the blob were", () => {
  for (const incomplete of ["hold", "reject"] as const) {
    for (const standing of ["new", "clean"] as const) {
      each((virus, csam) => {
        const decided = brief(decide(findings(virus, csam), { incomplete, standing }, at));
        const both = virus === "clean" && (csam === "clean" || csam === "not_applicable");
        assert.equal(decided === "clean", both, `${virus} and ${csam}, ${incomplete}, ${standing}`);
      });
    }
  }
});

Deno.test("SC-2, SC-9: with the setting, what could not be looked through is rejected; what a list names stays held", () => {
  each((virus, csam, expected) => {
    const decided = brief(decide(findings(virus, csam), { incomplete: "reject", standing: "new" }, at));
    const rejected = expected === "held" && csam !== "listed";
    assert.equal(decided, rejected ? "rejected, refused incomplete" : expected);
  });
});

Deno.test("SC-4: a rescan decides like a first scan; only what a moderator released stays so", () => {
  each((virus, csam, expected) => {
    const by = (standing: Standing) => brief(decide(findings(virus, csam), { ...holding, standing }, at));
    assert.equal(by("clean"), expected);
    assert.equal(by("released"), expected === "held" ? "clean" : expected);
  });
});

Deno.test("SC-4: verdicts stand with check, scanner, version, time and a shortened answer", () => {
  const found = findings("clean", "incomplete");
  found.csam.answer = "x".repeat(499) + "😀 and more";
  const decision = decide(found, holding, at);
  assert.ok(decision.kind === "conclude");
  assert.deepEqual(decision.conclusion.verdicts, [
    { check: "virus", verdict: "clean", scanner: "v", version: "1", answer: "virus clean", at },
    {
      check: "csam",
      verdict: "incomplete",
      scanner: "c",
      version: "2",
      answer: "x".repeat(499) + "\ufffd",
      at,
    },
  ]);
});

Deno.test("SC-2: a match is handed on as the service gave it", () => {
  const match = { classification: "csam", matchType: "near", reference: "r" };
  const found = findings("infected", "match");
  const decision = decide({ ...found, csam: { ...found.csam, match } }, holding, at);
  assert.ok(decision.kind === "match");
  assert.deepEqual(decision.finding.match, match);
  assert.deepEqual(decision.verdicts.map(({ verdict }) => verdict), ["infected", "match"]);
});

Deno.test("SC-2: a verdict that is not understood is an error and never clean", () => {
  for (const odd of ["", "CLEAN", "Clean", "ok", "no-known-match", "__proto__", "constructor", null, 0, {}]) {
    const virus = { ...findings("clean", "clean").virus, verdict: odd as "clean" };
    const csam = { ...findings("clean", "clean").csam, verdict: odd as "clean" };
    const clean = findings("clean", "clean");
    for (const found of [{ ...clean, virus }, { ...clean, csam }, { virus, csam }]) {
      const decision = decide(found, holding, at);
      assert.equal(decision.kind, "retry", `${String(odd)} counts as an error`);
    }
  }
  // What only the other scanner may say is not understood either.
  const swapped = findings("match" as "clean", "infected" as "clean");
  assert.equal(decide(swapped, holding, at).kind, "retry");
  const strange = findings("clean", "clean");
  strange.virus.answer = undefined as unknown as string;
  assert.equal(decide(strange, holding, at).kind, "conclude");
});
