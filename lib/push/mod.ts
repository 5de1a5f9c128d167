/**
 * Tells devices that something new waits (Web Push, UnifiedPush), and takes answers from notifications.
 * Never puts a word of a command into a push but options of a question where the person wants them; never decides consent itself.
 * Start with `push.ts` (when), `plan.ts` (what) and `notification.ts` (how); `ports.ts` is what it asks of others.
 */
export * from "./ports.ts";
export { type AnswerOrigin, type Pressed, PushAnswers } from "./answers.ts";
export { PushDeviceList, type SubscribedAt } from "./devices.ts";
export { topicOf, topicOfNotice } from "./levels.ts";
export { Notifications, type PushBody, type PushWords } from "./notification.ts";
export { Push, type PushParts } from "./push.ts";
export {
  isPushService,
  type NamedServices,
  pushServiceHosts,
  type PushServiceName,
  pushServiceName,
} from "./push_services.ts";
export { Tickets } from "./tickets.ts";
