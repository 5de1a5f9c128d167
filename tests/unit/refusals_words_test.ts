import assert from "node:assert/strict";
import { z } from "zod";
import { checked, methods, Refusal, registerBody } from "../../lib/protocol/mod.ts";
import { hasGerman, refusalText } from "../../lib/words/refusals.ts";
import { isCode, projectFiles } from "../../tools/module_imports.ts";
import { messagesOf, schemaMessagesOf } from "../tidy/refusal_messages.ts";

/** What these refuse is for programs: the socket, single routes of the API, and requests that no page of ours makes. */
const noPages = /^(lib\/(realtime\/|rest_tus\.ts|rest_content\.ts|app\.ts)|routes\/api\/)/;

const sources = projectFiles().filter((file) => isCode(file) && /^(lib|routes)\//.test(file))
  .filter((file) => !noPages.test(file));

Deno.test("UI-6: every message of a refusal and of its fields has a German text", () => {
  const said = sources.flatMap((file) => {
    const text = Deno.readTextFileSync(file);
    const schemas = file.startsWith("lib/protocol/") ? schemaMessagesOf(file, text) : [];
    return [...messagesOf(file, text), ...schemas];
  });
  assert.ok(said.length > 250, `only ${said.length} messages were found: is the reading broken?`);
  const unread = said.filter(({ template }) => template === null);
  assert.deepEqual(unread.map(({ file, source }) => `${file}: ${source}`), [], "could not be read");
  // A number of one limit is a place of the template for all.
  const known = (template: string) => hasGerman(template) || hasGerman(template.replace(/[0-9]+/, "{0}"));
  const missing = said.filter(({ template }) => !known(template!));
  assert.deepEqual(
    missing.map(({ file, template }) => `${file}: ${template}`),
    [],
    "add them to lib/words/de/refusals_*.ts",
  );
});

Deno.test("UI-6: the reading follows texts to where they are said", () => {
  const source = `
const most = 5;
function refused(kind: "conflict", message: string, field: string) {
  return new Refusal(kind, message, { fields: { name: field, [other]: "is fixed" } });
}
const wrong = (text: string) => new Refusal("conflict", text);
function say(yes: boolean) {
  // A comment with "quotes, and (brackets".
  if (yes) return wrong(yes ? "Yes, so." : \`No, \${most}.\`);
  const end = yes ? "until then" : \`until \${most + 1}\`;
  wrong(\`You may not \${end}.\`);
  return refused("conflict", "It is " + "long: " + \`\${most} of \${most}.\`, "is wrong");
}
new Refusal("internal", unknown());
`;
  const templates = messagesOf("lib/a.ts", source).map(({ template }) => template);
  assert.deepEqual(templates.toSorted(), [
    "It is long: {0} of {1}.",
    "No, {0}.",
    "Yes, so.",
    "You may not {0}.",
    "is fixed",
    "is wrong",
    null,
    "until then",
    "until {0}",
  ]);
  const schema = 'z.string().min(1, { error: "must be more" }).refine(x, { message: `must be ${most}` });';
  assert.deepEqual(schemaMessagesOf("lib/a.ts", schema).map(({ template }) => template), [
    "must be more",
    "must be {0}",
  ]);
});

Deno.test("UI-6: a message is told in German with what stands in it, and in English as it is", () => {
  for (
    const [english, german] of [
      ["Log in first.", "Melde dich zuerst an."],
      [
        'There is nobody called "<b>{0}" here. Check the name.',
        "Hier heißt niemand „<b>{0}“. Sieh dir den Namen noch einmal an.",
      ],
      [
        "The password is your username; choose another.",
        "Das Passwort ist dein Benutzername; wähle ein anderes.",
      ],
      ["The current password is wrong.", "Das bisherige Passwort stimmt nicht."],
      [
        "This account is suspended until 2026-01-01T00:00:00.000Z. The reason: spam. Twice.",
        "Dieses Konto ist bis 2026-01-01T00:00:00.000Z gesperrt. Der Grund: spam. Twice.",
      ],
      ["This account is suspended.", "Dieses Konto ist gesperrt."],
      [
        "You may not send until 2026-01-01T00:00:00.000Z. The reason: Log in first.",
        "Du darfst bis 2026-01-01T00:00:00.000Z nichts senden. Der Grund: Log in first.",
      ],
      [
        "deliverAt: a command waits at most 14 days; choose 2026-01-01T00:00:00.000Z or earlier.",
        "Zustellen ab: ein Auftrag wartet höchstens 14 Tage; wähle 2026-01-01T00:00:00.000Z oder früher.",
      ],
      [
        "The CyberTipline refused the report (5: no). The draft is kept: correct it, or export it.",
        "Die CyberTipline hat die Meldung abgelehnt (5: no). Der Entwurf bleibt erhalten: Verbessere ihn oder lade ihn herunter.",
      ],
      [
        "The file's name is empty. Give the file a name.",
        "Der Name der Datei ist leer. Gib der Datei einen Namen.",
      ],
      ["must be AVIF, GIF, JPEG, PNG or WebP", "muss AVIF, GIF, JPEG, PNG oder WebP sein"],
    ] as const
  ) {
    assert.equal(refusalText("de", english), german);
    assert.equal(refusalText("en", english), english);
  }
  assert.equal(refusalText("de", "Nobody wrote this down."), "Nobody wrote this down.");
  assert.equal(refusalText("de", "constructor"), "constructor");
  assert.equal(refusalText("fr", "Log in first."), "Log in first.");
  const long = `There is nobody called "${"x".repeat(10_000)}" here. Check the name.`;
  assert.equal(refusalText("de", long), long);
});

Deno.test("UI-6: what schemas find is German too, in the validator's own words as well", () => {
  const wrong = [
    checked(registerBody, {
      username: "x",
      password: "short",
      adult: false,
      invite: "x".repeat(200),
      more: 1,
    }),
    checked(registerBody, { username: "x".repeat(65), password: 1 }),
    checked(methods["preferences.set"].params, {
      acceptFrom: "x",
      dailyLimit: 0.5,
      blockedUsers: Array.from({ length: 20_000 }, () => "abc"),
      broadcasts: "x",
      quietHours: { from: "x" },
      categories: { x: "x" },
    }),
    checked(methods["preferences.set"].params, { dailyLimit: 0, categories: [] }),
    checked(methods["preferences.set"].params, { dailyLimit: Number.NaN, quietHours: 1 }),
    checked(methods["command.send"].params, { key: "", audience: {}, kind: "x", requires: "x" }),
    checked(z.strictObject({ a: z.array(z.string()).min(1) }), { a: [] }),
  ];
  const messages = wrong.flatMap((refusal) => {
    assert.ok(refusal instanceof Refusal);
    return [refusal.message, ...Object.values(refusal.detail.fields ?? {})];
  });
  assert.ok(messages.length > 20, `only ${messages.length}`);
  const left = messages.filter((message) => refusalText("de", message) === message);
  assert.deepEqual(left, []);
});
