/** Users, passwords, sessions, contacts, groups, profiles: who somebody is, and who knows whom. */
export { AccountData, type AccountDataNeeds } from "./account_data.ts";
export { Accounts, type AccountsNeeds } from "./accounts.ts";
export { Contacts, type ContactsNeeds } from "./contacts.ts";
export { CurrentCallers } from "./current_callers.ts";
export { type Demo, prepareDemo } from "./demo.ts";
export { Groups, type GroupsNeeds } from "./groups.ts";
export { type Hashing, owaspCost, Passwords, type ScryptCost } from "./passwords.ts";
export { People, type Person, suspensionOf } from "./people.ts";
export { type OwnFile, Profiles, type ProfilesNeeds } from "./profiles.ts";
export { prepareFirstAdmin, type SetupNeeds } from "./setup.ts";
export { Tokens } from "./tokens.ts";
export { TwoFactor } from "./two_factor.ts";
export type { TwoFactorNeeds } from "./two_factor_needs.ts";
export type * from "./account_data_ports.ts";
export type * from "./ports.ts";
export * from "./two_factor_ports.ts";
