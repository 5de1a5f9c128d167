import { type Message, say } from "../../protocol/mod.ts";
import type { Deadline } from "../deadline.ts";
import { type Address, instream } from "./connection.ts";
import {
  bigMemberZip,
  eicarFile,
  encryptedPdf,
  encryptedRar,
  encryptedZip,
  nestedZip,
} from "./probe_files.ts";
import { judge, type Judgement } from "./reply.ts";

/** Result of a self-test; `reason` names the line of clamd.conf to change. */
export type SelfTest = { ok: true; readsRar: boolean } | { ok: false; reason: Message };

interface Probe {
  verdict: Judgement["verdict"];
  make: () => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
  otherwise: Message;
}

/**
 * Sizes of the probed archive members. They reveal a MaxFileSize below and a MaxScanSize above them: Debian's defaults are 25
 * and 100 MiB, clamd's own 100 and 400 MiB. Larger gaps go unseen, as each size costs clamd that much work.
 */
const memberBytes = [32 * 1024 * 1024, 128 * 1024 * 1024];

const probes: readonly Probe[] = [
  {
    verdict: "infected",
    make: eicarFile,
    otherwise: "clamd.eicar",
  },
  {
    verdict: "incomplete",
    make: encryptedZip,
    otherwise: "clamd.archives",
  },
  {
    verdict: "incomplete",
    make: encryptedPdf,
    otherwise: "clamd.documents",
  },
  {
    verdict: "incomplete",
    make: nestedZip,
    otherwise: "clamd.limits",
  },
  ...memberBytes.map((size): Probe => ({
    verdict: "incomplete",
    make: () => bigMemberZip(size),
    otherwise: "clamd.cutOff",
  })),
];

/**
 * Returns a function that tests whether clamd reports content that it does not scan. clamd does not tell its configuration, so
 * the test sends probe files, which are made once. Each run takes about two seconds of clamd's time, and throws `NotThere` and
 * `GivenUp`.
 */
export function selfTester(address: Address): (deadline: Deadline) => Promise<SelfTest> {
  const made = new Map<Probe, Uint8Array<ArrayBuffer>>();
  return async (deadline) => {
    for (const probe of probes) {
      const file = made.get(probe) ?? await probe.make();
      made.set(probe, file);
      const found = await judged(address, file, deadline);
      if (found.verdict === probe.verdict) continue;
      return {
        ok: false,
        reason: found.verdict === "clean"
          ? probe.otherwise
          : say("clamd.testAnswer", { answer: found.answer }),
      };
    }
    // Debian's clamd has no library to unpack RAR.
    const rar = await judged(address, encryptedRar(), deadline);
    return { ok: true, readsRar: rar.verdict === "incomplete" };
  };
}

async function judged(
  address: Address,
  bytes: Uint8Array<ArrayBuffer>,
  deadline: Deadline,
): Promise<Judgement> {
  const { reply, allSent } = await instream(
    address,
    () => Promise.resolve(ReadableStream.from([bytes])),
    deadline,
  );
  return judge(reply, allSent);
}
