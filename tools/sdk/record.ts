/** `deno task transcripts`: records `sdk/conformance/` anew with the real server. Those written by hand stay. */
import { record } from "../../tests/fakes/recorded_transcripts.ts";
import { transcriptText } from "../../tests/fakes/transcript.ts";

for (const transcript of await record(Deno.args[0])) {
  await Deno.writeTextFile(`sdk/conformance/${transcript.name}.json`, transcriptText(transcript));
}
