/** Users, passwords, sessions, contacts, groups, profiles: who somebody is, and who knows whom. */
export { Accounts, type AccountsNeeds } from "./accounts.ts";
export { Contacts, type ContactsNeeds } from "./contacts.ts";
export { CurrentCallers } from "./current_callers.ts";
export { type Demo, prepareDemo } from "./demo.ts";
export { Groups, type GroupsNeeds } from "./groups.ts";
export { type Hashing, owaspCost, Passwords, type ScryptCost } from "./passwords.ts";
export { People, type Person } from "./people.ts";
export { Profiles, type ProfilesNeeds } from "./profiles.ts";
export { prepareFirstAdmin, type SetupNeeds } from "./setup.ts";
export { Tokens } from "./tokens.ts";
export type * from "./ports.ts";
