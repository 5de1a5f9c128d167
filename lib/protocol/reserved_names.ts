import { fold } from "./fold.ts";

/** AU-1: words that speak for the server. */
const reserved = [
  "abuse",
  "admin",
  "admins",
  "administration",
  "administrator",
  "administrators",
  "administratorin",
  "behest",
  "helpdesk",
  "hostmaster",
  "moderation",
  "moderator",
  "moderators",
  "moderatorin",
  "noreply",
  "official",
  "postmaster",
  "root",
  "security",
  "server",
  "staff",
  "superuser",
  "support",
  "sysadmin",
  "sysop",
  "system",
  "webmaster",
] as const;

/** Words that change nothing beside one of them: `support-team` speaks for the server too. */
const beside = ["account", "bot", "desk", "my", "our", "team", "the", "your"];

/** Cyrillic and Greek letters, small capitals, digits and signs that look like a Latin letter. */
const lookalikes: Readonly<Record<string, string>> = {
  "а": "a",
  "α": "a",
  "@": "a",
  "4": "a",
  "в": "b",
  "β": "b",
  "с": "c",
  "ԁ": "d",
  "е": "e",
  "ε": "e",
  "3": "e",
  "һ": "h",
  "і": "i",
  "ι": "i",
  "ı": "i",
  "1": "i",
  "!": "i",
  "|": "i",
  "к": "k",
  "κ": "k",
  "м": "m",
  "п": "n",
  "η": "n",
  "о": "o",
  "ο": "o",
  "σ": "o",
  "0": "o",
  "р": "p",
  "ρ": "p",
  "г": "r",
  "ѕ": "s",
  "5": "s",
  "$": "s",
  "т": "t",
  "τ": "t",
  "7": "t",
  "υ": "u",
  "ν": "v",
  "ѵ": "v",
  "у": "y",
  "ɑ": "a",
  "ᴀ": "a",
  "ʙ": "b",
  "ᴄ": "c",
  "ᴅ": "d",
  "ᴇ": "e",
  "ɢ": "g",
  "ʜ": "h",
  "ɪ": "i",
  "ᴋ": "k",
  "ʟ": "l",
  "ᴍ": "m",
  "ɴ": "n",
  "ᴏ": "o",
  "ᴘ": "p",
  "ʀ": "r",
  "ꜱ": "s",
  "ᴛ": "t",
  "ᴜ": "u",
  "ᴠ": "v",
  "ʏ": "y",
};

const alternatives = (words: readonly string[]) => words.map(skeleton).join("|");
const speaksForServer = new RegExp(
  `^(?:${alternatives([...reserved, ...beside])})*(?:${alternatives(reserved)})(?:${
    alternatives([...reserved, ...beside])
  })*$`,
);

/**
 * AU-1: whether a username, display name or title seems to speak for the server, also with other separators, a number behind it
 * or letters that look the same. Only administrators can have such a name.
 */
export function isReserved(name: string): boolean {
  return speaksForServer.test(skeleton(name.replace(/[\p{N}\s]+$/u, "")));
}

/** What a name looks like: Latin letters only. An l is read as the i that a capital one looks like. */
function skeleton(name: string): string {
  return [...fold(name)].map((letter) => lookalikes[letter] ?? letter).join("")
    .replace(/[^\p{L}]|\p{Default_Ignorable_Code_Point}/gu, "").replaceAll("l", "i").replaceAll("rn", "m");
}
