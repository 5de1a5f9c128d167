import { TranscriptRecorder } from "./transcript_recorder.ts";
import type { Transcript } from "./transcript.ts";
import { must } from "./accounts_rig.ts";

interface Scene extends Omit<Transcript, "steps" | "recorded"> {
  play(recorder: TranscriptRecorder): Promise<void>;
}

const phone = { device: "phone", fraction: 0.5 };
const draft = (key: string, title: string) => ({
  key,
  kind: "task",
  title,
  audience: { kind: "user", to: ["bob"] },
});

/** Ann's client is recorded; bob is there to send to her. */
const scenes: readonly Scene[] = [
  {
    name: "deliver-live",
    about: "A command arrives, is handed over once and acknowledged.",
    rules: ["WS-1", "WS-3", "DL-1"],
    client: phone,
    async play(recorder) {
      await recorder.online();
      await recorder.rig.command("bob", "ann", { title: "first" });
      await recorder.take("command.deliver");
      await recorder.take("answer");
      await recorder.act({ close: true });
    },
  },
  {
    name: "backlog-in-windows",
    about: "What waited comes first, oldest first, as much at a time as the window allows.",
    rules: ["DL-1", "DL-2"],
    client: { ...phone, window: 2 },
    async play(recorder) {
      for (const title of ["first", "second", "third"]) await recorder.rig.command("bob", "ann", { title });
      await recorder.online();
      await recorder.take("command.deliver");
      await recorder.take("answer");
      await recorder.take("command.deliver");
      await recorder.take("answer");
    },
  },
  {
    name: "resume-after-cut",
    about:
      "A handler fails, and the command comes again. The connection breaks and loses the acknowledgement: the repeat is dropped and acknowledged.",
    rules: ["DL-2", "DL-3"],
    client: phone,
    async play(recorder) {
      await recorder.rig.command("bob", "ann", { title: "first" });
      await recorder.online();
      await recorder.act({ handler: "fails" });
      await recorder.take("command.deliver");
      await recorder.act({ handler: "works" });
      await recorder.act({ clock: 250 });
      await recorder.take("session.ready");
      recorder.loses = true;
      await recorder.take("command.deliver");
      await recorder.cut();
      await recorder.rig.command("bob", "ann", { title: "second" });
      await recorder.act({ clock: 500 });
      await recorder.take("session.ready");
      await recorder.take("command.deliver");
      await recorder.take("answer");
      await recorder.take("answer");
    },
  },
  {
    name: "closed-elsewhere",
    about: "A command that was handed over is closed on another device.",
    rules: ["DL-8"],
    client: phone,
    async play(recorder) {
      await recorder.online();
      const { id } = await recorder.rig.command("bob", "ann", { title: "first" });
      await recorder.take("command.deliver");
      await recorder.take("answer");
      await recorder.rig.answer("ann", id, "completed");
      await recorder.take("command.changed");
    },
  },
  {
    name: "accept-kinds",
    about: "A device that shows tasks only says so, and gets no messages.",
    rules: ["WS-10"],
    client: { ...phone, accept: ["task"] },
    async play(recorder) {
      await recorder.online();
      await recorder.rig.command("bob", "ann", { kind: "message", title: "not here" });
      await recorder.rig.command("bob", "ann", { kind: "task", title: "here" });
      await recorder.take("command.deliver");
      await recorder.take("answer");
    },
  },
  {
    name: "requests",
    about: "Answers, a refusal with its kind, and one over wrong fields.",
    rules: ["WS-2", "CM-1"],
    client: phone,
    async play(recorder) {
      await recorder.online();
      const send = (name: string, params: Record<string, unknown>) =>
        recorder.act({ request: { name, method: "command.send", params } });
      await send("sent", draft("key-1", "first"));
      await recorder.take("answer");
      await send("same", draft("key-1", "first"));
      await recorder.take("answer");
      await send("other", draft("key-1", "second"));
      await recorder.take("answer");
      await send("wrong", { ...draft("key-2", "third"), kind: "no such kind" });
      await recorder.take("answer");
    },
  },
  {
    name: "outbox",
    about:
      "What was asked without a connection is sent after it, one after another. An answer that was lost is asked for again.",
    rules: ["CM-1", "DL-4"],
    client: phone,
    async play(recorder) {
      await recorder.online();
      await recorder.cut();
      for (const name of ["first", "second"]) {
        const params = draft(`key-${name}`, name);
        await recorder.act({ request: { name, method: "command.send", params } });
      }
      await recorder.act({ clock: 250 });
      await recorder.take("session.ready");
      await recorder.rest();
      await recorder.cut();
      await recorder.act({ clock: 500 });
      await recorder.take("session.ready");
      await recorder.take("answer");
      await recorder.take("answer");
    },
  },
  {
    name: "stop-first",
    about:
      "A stop that was pressed offline is sent before all else; nothing is handed over while it is pending or on.",
    rules: ["CO-6", "UI-4"],
    client: phone,
    async play(recorder) {
      await recorder.online();
      await recorder.cut();
      const params = draft("key-1", "first");
      await recorder.act({ request: { name: "send", method: "command.send", params } });
      await recorder.rig.command("bob", "ann", { title: "waits" });
      await recorder.act({ request: { name: "stop", method: "safety.stop", params: {} } });
      await recorder.take("session.ready");
      await recorder.take("answer");
      await recorder.take("answer");
      await recorder.act({ request: { name: "no", method: "safety.resume", params: {} } });
      await recorder.take("answer");
      const confirm = { confirm: true };
      await recorder.act({ request: { name: "resume", method: "safety.resume", params: confirm } });
      await recorder.take("answer");
    },
  },
  {
    name: "stopped-elsewhere",
    about: "A stop on another device is told, and its end too.",
    rules: ["CO-6"],
    client: phone,
    async play(recorder) {
      await recorder.online();
      const ann = await recorder.rig.caller("ann");
      await recorder.rig.services.safety.stop(ann);
      await recorder.take("safety.changed");
      must(await recorder.rig.services.safety.resume(ann));
      await recorder.take("safety.changed");
    },
  },
  {
    name: "heartbeats",
    about: "A heartbeat at each interval, and the end of a connection whose server is silent for three.",
    rules: ["WS-4"],
    client: phone,
    async play(recorder) {
      await recorder.online();
      await recorder.act({ clock: 19_999 });
      await recorder.act({ clock: 1 });
      await recorder.take("answer");
      await recorder.act({ clock: 20_000 });
      // Off the beat, so that the third silent interval does not end with one.
      await recorder.act({ clock: 5000 });
      await recorder.take("answer");
      // What the server answers from here on is lost on its way.
      await recorder.act({ clock: 59_999 });
      await recorder.act({ clock: 1 });
      await recorder.act({ clock: 250 });
      await recorder.take("session.ready");
    },
  },
  {
    name: "replaced",
    about: "A newer connection under the same device's name: this one ends and stays ended.",
    rules: ["WS-5"],
    client: phone,
    async play(recorder) {
      await recorder.online();
      const other = await recorder.rival();
      await recorder.ended();
      await recorder.act({ clock: 60_000 });
      other();
    },
  },
  {
    name: "session-over",
    about: "The session ends: the person logs in, then the client connects again.",
    rules: ["AU-3", "AU-6"],
    client: phone,
    async play(recorder) {
      await recorder.online();
      await recorder.rig.send("/api/v1/auth/logout", {
        method: "POST",
        headers: recorder.rig.bearerOf("ann"),
      });
      await recorder.ended();
      await recorder.act({ clock: 60_000 });
      await recorder.rig.logIn({ username: "ann", password: "a long enough passphrase" });
      await recorder.online();
    },
  },
  {
    name: "too-many-refusals",
    about: "Thirty refusals in ten seconds: the client waits as long as it ever does.",
    rules: ["WS-6"],
    client: phone,
    async play(recorder) {
      await recorder.online();
      for (let number = 1; number <= 30; number++) {
        const params = { id: "not an id" };
        await recorder.act({ request: { name: `wrong-${number}`, method: "command.get", params } });
        await recorder.take("answer");
      }
      await recorder.ended();
      await recorder.act({ clock: 15_000 });
      await recorder.take("session.ready");
    },
  },
  {
    name: "server-restarts",
    about: "The server says that it closes: what is asked meanwhile waits for the next connection.",
    rules: ["WS-8"],
    client: phone,
    async play(recorder) {
      await recorder.online();
      const ending = recorder.rig.services.realtime.shutdown();
      await recorder.take("session.closing");
      const params = draft("key-1", "meanwhile");
      await recorder.act({ request: { name: "send", method: "command.send", params } });
      await recorder.ended();
      await ending;
    },
  },
  {
    name: "chat",
    about: "A chat message has its place among the commands and is acknowledged with them.",
    rules: ["CH-1"],
    client: phone,
    async play(recorder) {
      await recorder.online();
      const bob = await recorder.rig.caller("bob");
      must(await recorder.rig.services.chat.send(bob, { key: "key-1", to: "ann", body: "hello" }));
      await recorder.take("chat.message");
      await recorder.take("answer");
    },
  },
];

/** Plays every scene with the real server. */
export async function record(name?: string): Promise<Transcript[]> {
  const made: Transcript[] = [];
  for (const { play, ...head } of scenes) {
    if (name !== undefined && head.name !== name) continue;
    await using recorder = await TranscriptRecorder.start(head);
    await play(recorder);
    made.push(recorder.transcript);
  }
  return made;
}
