import { Session } from "node:inspector/promises";

/** A profile as V8 gives it; times in µs. */
export interface Profile {
  nodes: { id: number; callFrame: CallFrame; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
}

interface CallFrame {
  functionName: string;
  url: string;
  lineNumber: number;
}

const sampleUs = 200;
let session: Session | undefined;

/** Begins to sample the JavaScript of this process. */
export async function startProfile(): Promise<null> {
  session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: sampleUs });
  await session.post("Profiler.start");
  return null;
}

export async function stopProfile(): Promise<Profile> {
  const { profile } = await session!.post("Profiler.stop") as { profile: Profile };
  session!.disconnect();
  return profile;
}
