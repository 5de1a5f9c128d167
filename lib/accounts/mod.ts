/**
 * Knows who someone is and whom they know: users, invitations, passwords, second factors, sessions, contacts, groups.
 * Never stores a password, token or recovery code in readable form, and never decides what a person receives.
 * Start with `accounts.ts` (registration, login) and `ports.ts` (what it asks of the store).
 */
export { webhookOf } from "./access_tokens.ts";
export { AccountData, type AccountDataNeeds } from "./account_data.ts";
export { Accounts, type AccountsNeeds, type LoggedIn } from "./accounts.ts";
export { ApproachLimit } from "./approach_limit.ts";
export { Contacts, type ContactsNeeds } from "./contacts.ts";
export { CurrentCallers } from "./current_callers.ts";
export { type Demo, prepareDemo } from "./demo.ts";
export { type Back, Federation } from "./federation.ts";
export { GroupMemberships } from "./group_memberships.ts";
export { GroupLife } from "./group_life.ts";
export { Groups, type GroupsNeeds } from "./groups.ts";
export { Invites, type InvitesNeeds } from "./invites.ts";
export { type Hashing, owaspCost, Passwords, type ScryptCost } from "./passwords.ts";
export { People, type Person, suspensionOf } from "./people.ts";
export { LoginLinks, type LoginLinksNeeds } from "./login_links.ts";
export { type OwnFile, Profiles, type ProfilesNeeds } from "./profiles.ts";
export type { Place } from "./passkeys.ts";
export type { Origin, SessionTokens } from "./session_renewals.ts";
export type { Restriction, SessionCaller, Staying } from "./sessions.ts";
export { prepareFirstAdmin, type SetupNeeds } from "./setup.ts";
export { shownTo } from "./text_rules.ts";
export { networkOf } from "./throttle.ts";
export { Tokens } from "./tokens.ts";
export { TwoFactor } from "./two_factor.ts";
export type { TwoFactorNeeds } from "./two_factor_needs.ts";
export type * from "./account_data_ports.ts";
export type * from "./federation_ports.ts";
export type * from "./group_ports.ts";
export type * from "./invite_ports.ts";
export type * from "./login_link_ports.ts";
export type * from "./ports.ts";
export * from "./two_factor_ports.ts";
