import { z } from "zod";
import * as protocol from "../protocol/mod.ts";
import { id, methods, sha256, slug, username } from "../protocol/mod.ts";
import { adminOperations } from "./admin_operations.ts";
import type { Bytes, Operation } from "./operation.ts";

const zip: Bytes = { type: "application/zip", says: "The archive." };
const content: Bytes = {
  type: "application/octet-stream",
  says: "The bytes, with the file's own type. Ranges work.",
};
const tus = { "Tus-Resumable": "1.0.0" };
const file = z.object({ file: protocol.fileObject });
const profile = z.object({ profile: protocol.profile });
/** What WebAuthn's own `navigator.credentials` takes. */
const webauthnOptions = z.looseObject({ challenge: z.string() });

/** Every call below `/api/v1`, by method and path. Names in braces are in `pathNames`. */
export const operations: Readonly<Record<string, Operation>> = {
  "POST /auth/register": {
    says: "Makes an account.",
    open: true,
    body: protocol.registerBody,
    gives: protocol.registerAnswer,
    status: 201,
  },
  "POST /auth/login": {
    says:
      "Logs in. With stay, the answer has a credential that renews the session. Send the header Behest-Device-Token of the last answer along, so that wrong passwords of others do not lock this device out.",
    open: true,
    body: protocol.loginBody,
    gives: protocol.loginAnswer,
  },
  "POST /auth/login-link": {
    says: "Sets a new password by a one-time link of an administrator. All sessions of the person end.",
    open: true,
    body: protocol.loginLinkUse,
    gives: protocol.registerAnswer,
  },
  "POST /auth/renew": {
    says:
      "Renews a session. Keep the credential of the answer, where there is one; using an old one again ends the session.",
    open: true,
    body: protocol.renewBody,
    gives: protocol.renewAnswer,
  },
  "POST /auth/logout": { says: "Ends the caller's session." },
  "POST /auth/ticket": {
    says: "Gives a ticket for one connection to /api/ws, for browsers, which cannot send a token there.",
    gives: protocol.ticketAnswer,
  },
  "POST /auth/password": {
    says: "Changes the caller's password. Other sessions end.",
    body: protocol.passwordBody,
  },
  "GET /auth/sessions": {
    says: "Lists the caller's sessions, and those that ended over an old credential.",
    gives: protocol.sessionList,
  },
  "DELETE /auth/sessions": { says: "Ends all other sessions of the caller." },
  "DELETE /auth/sessions/{id}": { says: "Ends a session of the caller, at once." },
  "POST /auth/proof": {
    says: "Shows who the caller is, for the dangerous calls of the next ten minutes.",
    body: protocol.proofBody,
    gives: protocol.proofAnswer,
  },
  "POST /auth/proof/options": {
    says: "Gives what the caller's passkeys have to sign for a proof.",
    gives: webauthnOptions,
  },
  "GET /auth/two-factor": { says: "Gives the caller's second factors.", gives: protocol.twoFactorState },
  "POST /auth/totp": {
    says: "Begins an authenticator app: gives its secret.",
    body: protocol.passwordProof,
    gives: protocol.totpBegun,
  },
  "POST /auth/totp/confirm": {
    says: "Confirms the app with a code of it. The first second factor comes with recovery codes.",
    body: protocol.totpConfirm,
    gives: protocol.recoveryCodeList,
  },
  "DELETE /auth/totp": { says: "Removes the authenticator app.", body: protocol.passwordAndCode },
  "POST /auth/recovery-codes": {
    says: "Makes new recovery codes; old ones stop working.",
    body: protocol.passwordProof,
    gives: protocol.recoveryCodeList,
  },
  "POST /auth/passkeys/options": {
    says: "Gives what a browser needs to make a passkey.",
    body: protocol.passkeyOptionsBody,
    gives: webauthnOptions,
  },
  "POST /auth/passkeys": {
    says: "Adds a passkey.",
    body: protocol.passkeyBody,
    gives: protocol.passkeyAdded,
    status: 201,
  },
  "DELETE /auth/passkeys/{credentialId}": { says: "Removes a passkey.", body: protocol.passwordProof },
  "POST /auth/passkey/options": {
    says: "Gives what a passkey has to sign for a login.",
    open: true,
    gives: webauthnOptions,
  },
  "POST /auth/passkey": {
    says: "Logs in with a passkey.",
    open: true,
    body: protocol.passkeyLoginBody,
    gives: protocol.loginAnswer,
  },
  "DELETE /account": { says: "Deletes the caller's account.", body: protocol.accountRemoval },
  "GET /account/export": { says: "Gives everything that is kept about the caller.", gives: zip },
  "GET /account/sanctions": {
    says: "Lists the caller's sanctions in force.",
    gives: protocol.ownSanctionList,
  },
  "POST /account/sanctions/{id}/read": { says: "Marks a warning as read.", gives: protocol.ownSanctionList },
  "POST /account/sanctions/{id}/appeal": {
    says: "Appeals against a sanction, once. Another moderator decides.",
    body: protocol.appealBody,
    gives: protocol.ownSanctionList,
  },
  "GET /reports": {
    says: "Lists the caller's reports and what came of them.",
    query: protocol.ownReportQuery,
    gives: protocol.ownReportPage,
  },
  "POST /reports": {
    says: "Reports a person, command, message, file or group to the moderators.",
    body: protocol.reportBody,
    gives: protocol.ownReportAnswer,
    status: 201,
  },
  "GET /profile": { says: "Gives the caller's profile.", gives: profile },
  "PATCH /profile": {
    says: "Changes the fields that are there.",
    body: protocol.profileChange,
    gives: profile,
  },
  "GET /avatars/{username}": { says: "Gives someone's picture, to those who know them.", gives: content },
  "GET /notices": {
    says: "Lists the caller's notices, newest first.",
    query: protocol.noticeQuery,
    gives: protocol.noticePage,
  },
  "POST /notices/read": {
    says: "Marks notices as read, all of them without ids.",
    body: methods["notice.read"].params,
    gives: protocol.noticesUnread,
  },
  "GET /chat": { says: "Lists the caller's talks, each with its last message.", gives: protocol.chatTalks },
  "POST /chat": {
    says: "Sends a message to a contact, or on a command's thread.",
    body: protocol.chatDraft,
    gives: methods["chat.send"].result,
    status: 201,
  },
  "GET /chat/messages": {
    says: "Lists the messages of a talk.",
    query: protocol.chatListQuery,
    gives: protocol.chatPage,
  },
  "GET /chat/search": {
    says: "Finds words in the messages of two weeks, of both sides, newest first.",
    query: protocol.chatSearchQuery,
    gives: protocol.chatFound,
  },
  "POST /chat/messages/{id}/retract": {
    says: "Withdraws a message for everyone, within ten minutes.",
    gives: methods["chat.retract"].result,
  },
  "POST /chat/read": {
    says: "Marks a talk as read up to a message.",
    body: protocol.chatReadParams,
    gives: methods["chat.read"].result,
  },
  "GET /tokens": { says: "Lists the caller's access tokens.", gives: protocol.accessTokenList },
  "POST /tokens": {
    says:
      "Makes an access token for a script or a bot. It is shown once. With webhook, each answer to a direct command that the token sent is posted to its url, signed with webhookSecret by Standard Webhooks, which is shown once too; the url must be on a host that the operator named. Needs a fresh proof.",
    body: protocol.accessTokenBody,
    gives: protocol.accessTokenMade,
    status: 201,
  },
  "DELETE /tokens/{id}": { says: "Revokes an access token, at once." },
  "POST /hooks/{token}": {
    says:
      "Takes any JSON and sends the command that the token's hook makes of it. The token is in the address. With the header Idempotency-Key or webhook-id, a repeat sends nothing twice.",
    open: true,
    body: protocol.hookInput,
    gives: z.object({ id: protocol.id }),
    status: 201,
  },
  "GET /commands": {
    says: "Lists received (inbox) or sent (outbox) commands, newest first.",
    query: protocol.commandListQuery,
    gives: protocol.commandPage,
  },
  "POST /commands": {
    says:
      "Sends a command. The same key again gets the same command. With wait, the answer comes once the one recipient has answered (recipient has it), or with 202 when the seconds are over: then send the same again to go on waiting, or look at the address in Location. A 21st wait of one person ends the oldest with 202, or is refused while all are younger than five seconds.",
    query: protocol.commandSendQuery,
    body: protocol.commandDraft,
    gives: protocol.commandSent,
    status: 201,
  },
  "GET /commands/{id}": { says: "Gives one command, as command.get.", gives: protocol.commandDetail },
  "GET /commands/{id}/answers.csv": {
    says:
      "Gives the answers to a choice, form or timer that the caller sent: a line for each recipient; where recipients are not named, one for each option.",
    gives: { type: "text/csv", says: "The answers." },
  },
  "POST /rpc": {
    says:
      "Takes one frame of a client whose device has GET /api/stream open, and answers with the frame that answers it: the socket's protocol where WebSockets are blocked.",
    query: protocol.deviceQuery,
    takes: [{ type: "application/json", says: "A JSON-RPC 2.0 request or notification." }],
    gives: { type: "application/json", says: "The result or error; 204 for a notification." },
  },
  "GET /invites": { says: "Lists the caller's invitations to this server.", gives: protocol.inviteList },
  "POST /invites": {
    says: "Makes an invitation. Its code is shown once.",
    body: protocol.inviteBody,
    gives: protocol.inviteMade.extend({ url: z.string() }),
    status: 201,
  },
  "DELETE /invites/{id}": { says: "Revokes an invitation." },
  "GET /files": {
    says: "Lists the caller's files, newest first.",
    query: protocol.fileQuery,
    gives: protocol.filePage,
  },
  "POST /files": {
    says:
      `Uploads a file: a form with one file, or the bytes themselves with ?name=. It can be read once it is clean.`,
    query: z.strictObject({ name: z.string().optional() }),
    takes: [
      { type: "multipart/form-data", says: "One file." },
      { type: "application/octet-stream", says: "The bytes, of any type." },
    ],
    gives: file,
    status: 201,
  },
  "GET /files/{id}": { says: "Gives what is known of a file.", gives: file },
  "DELETE /files/{id}": { says: "Deletes a file." },
  "GET /files/{id}/content": {
    says: "Gives the bytes of a clean file to its owner and to recipients.",
    gives: content,
  },
  "GET /files/{id}/content/{name}": { says: "The same under a name that people can read.", gives: content },
  "POST /uploads": {
    says: "Begins a resumable upload (tus 1.0.0). Its address is in the header Location.",
    headers: {
      ...tus,
      "Upload-Length": "Bytes in all.",
      "Upload-Metadata": "filename and its name in Base64.",
    },
    status: 201,
  },
  "PATCH /uploads/{id}": {
    says: "Appends to a resumable upload. Behest-File-Id names the file once it is whole.",
    headers: { ...tus, "Upload-Offset": "Where these bytes begin." },
    takes: [{ type: "application/offset+octet-stream", says: "The bytes." }],
  },
  "DELETE /uploads/{id}": { says: "Gives up a resumable upload.", headers: tus },
  "GET /push": {
    says: "Whether browsers can be notified, and the key to subscribe with.",
    gives: protocol.pushState,
  },
  "GET /push/subscriptions": {
    says: "The caller's devices that are told, and what holds everything now.",
    gives: protocol.pushDevices,
  },
  "POST /push/subscriptions": {
    says:
      "Has a device told of what is new, by Web Push or UnifiedPush (RFC 8030, 8291, 8292), or renews it. Takes what PushSubscription.toJSON() gives.",
    body: protocol.pushSubscription,
  },
  "POST /removals": {
    says:
      "Asks to remove intimate images, by the SHA-256 of their bytes. For anyone. The answer has the number for the outcome, once, and never says whether the server has such a file.",
    open: true,
    body: protocol.removalBody,
    gives: protocol.removalMadeAnswer,
    status: 201,
  },
  "GET /removals": {
    says: "What became of a request, by its number.",
    open: true,
    query: protocol.removalQuery,
    gives: protocol.removalAnswer,
  },
  "DELETE /push/subscriptions": { says: "Has a device told no more.", body: protocol.pushEndpoint },
  "DELETE /push/subscriptions/{deviceId}": { says: "The same by the device's id." },
  "POST /push/subscriptions/{deviceId}/test": {
    says: "Sends a push to a device now, and tells what its push service said.",
    gives: protocol.pushDevice,
  },
  "GET /push/choices": {
    says: "How loudly the caller's devices tell of what, and how much they say.",
    gives: protocol.pushChoices,
  },
  "PATCH /push/choices": {
    says: "Changes that. What is not named stays.",
    body: protocol.pushChoicesChange,
    gives: protocol.pushChoices,
  },
  "POST /push/answers": {
    says:
      "Answers from a notification, by the ticket in the address of its button: once, for one command, from one device. Needs no login.",
    open: true,
    body: protocol.pushAnswer,
    gives: protocol.pushAnswered,
  },
  ...adminOperations,
};

/** What stands for a name in a path. */
export const pathNames: Readonly<Record<string, z.ZodType>> = {
  credentialId: protocol.credentialId,
  deviceId: protocol.pushDeviceId,
  group: slug,
  id,
  name: z.string(),
  queueId: protocol.queueId,
  sha256,
  slug,
  token: z.string(),
  username,
};
