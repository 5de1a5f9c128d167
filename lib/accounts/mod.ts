/** Users, passwords, sessions, contacts: who somebody is, and who knows whom. */
export { Accounts, type AccountsNeeds } from "./accounts.ts";
export { Contacts, type ContactsNeeds } from "./contacts.ts";
export { type Demo, prepareDemo } from "./demo.ts";
export { type Hashing, owaspCost, Passwords, type ScryptCost } from "./passwords.ts";
export { People, type Person } from "./people.ts";
export { prepareFirstAdmin, type SetupNeeds } from "./setup.ts";
export { Tokens } from "./tokens.ts";
export type * from "./ports.ts";
