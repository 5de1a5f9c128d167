import { account } from "./account.ts";
import { admin } from "./admin.ts";
import { answers } from "./answers.ts";
import { asking } from "./asking.ts";
import { audit } from "./audit.ts";
import { bar } from "./bar.ts";
import { blocked } from "./blocked.ts";
import { broadcast } from "./broadcast.ts";
import { builtin } from "./builtin.ts";
import { categories } from "./categories.ts";
import { chat } from "./chat.ts";
import { command } from "./command.ts";
import { commands } from "./commands.ts";
import { confirm } from "./confirm.ts";
import { contacts } from "./contacts.ts";
import { design } from "./design.ts";
import { discreet } from "./discreet.ts";
import { docs } from "./docs.ts";
import { door } from "./door.ts";
import { drafts } from "./drafts.ts";
import { failures } from "./failures.ts";
import { file } from "./file.ts";
import { files } from "./files.ts";
import { frame } from "./frame.ts";
import { grants } from "./grants.ts";
import { groups } from "./groups.ts";
import { history } from "./history.ts";
import { inbox } from "./inbox.ts";
import { incidents } from "./incidents.ts";
import { inputs } from "./inputs.ts";
import { invites } from "./invites.ts";
import { keys } from "./keys.ts";
import { lists } from "./lists.ts";
import { look } from "./look.ts";
import { moderation } from "./moderation.ts";
import { notices, noticesPage } from "./notices.ts";
import { offline } from "./offline.ts";
import { operator } from "./operator.ts";
import { overview } from "./overview.ts";
import { palette } from "./palette.ts";
import { preferences } from "./preferences.ts";
import { preview } from "./preview.ts";
import { profile } from "./profile.ts";
import { queue } from "./queue.ts";
import { reach } from "./reach.ts";
import { removals } from "./removals.ts";
import { reports } from "./reports.ts";
import { safety } from "./safety.ts";
import { prove } from "./prove.ts";
import { sso } from "./sso.ts";
import { push } from "./push.ts";
import { notifications } from "./notifications.ts";
import { notified } from "./notified.ts";
import { pushed } from "./pushed.ts";
import { sanctionRules } from "./sanction_rules.ts";
import { sanctions } from "./sanctions.ts";
import { scanning } from "./scanning.ts";
import { send } from "./send.ts";
import { sending } from "./sending.ts";
import { sent } from "./sent.ts";
import { serverLog } from "./server_log.ts";
import { sessions } from "./sessions.ts";
import { story } from "./story.ts";
import { system } from "./system.ts";
import { tokens } from "./tokens.ts";
import { tries } from "./tries.ts";
import { twoFactor } from "./two_factor.ts";
import { upload } from "./upload.ts";
import { users } from "./users.ts";
import { ways } from "./ways.ts";
import { week } from "./week.ts";
import { welcome } from "./welcome.ts";

export const en = {
  account,
  admin,
  answers,
  asking,
  audit,
  bar,
  blocked,
  broadcast,
  builtin,
  categories,
  chat,
  command,
  commands,
  confirm,
  contacts,
  design,
  discreet,
  docs,
  door,
  drafts,
  failures,
  file,
  files,
  frame,
  grants,
  groups,
  history,
  inbox,
  incidents,
  inputs,
  invites,
  keys,
  lists,
  look,
  moderation,
  notices,
  noticesPage,
  offline,
  operator,
  overview,
  palette,
  preferences,
  preview,
  profile,
  queue,
  reach,
  removals,
  reports,
  safety,
  prove,
  sso,
  push,
  notifications,
  notified,
  pushed,
  sanctionRules,
  sanctions,
  scanning,
  send,
  sending,
  sent,
  serverLog,
  sessions,
  story,
  system,
  tokens,
  tries,
  twoFactor,
  upload,
  users,
  ways,
  week,
  welcome,
};
