import { type Arguments, exits, UsageError } from "../arguments.ts";
import { Output } from "../terminal.ts";

export const options = {} as const;

/** `completion SHELL`: prints what the shell reads, made from the table of commands. */
export function completion(
  commands: Readonly<Record<string, { options: Record<string, unknown> }>>,
): (args: Arguments) => Promise<number> {
  return ({ positionals: [shell] }) => {
    const names = Object.keys(commands);
    const flags = (name: string) =>
      ["server", "json", "help", ...Object.keys(commands[name]!.options)].map((flag) => `--${flag}`);
    const scripts: Record<string, () => string> = {
      bash: () =>
        `_behest() {
  local words="${names.join(" ")}"
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "\${COMP_WORDS[1]}" in
${names.map((name) => `      ${name}) words="${flags(name).join(" ")}" ;;`).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _behest behest
`,
      zsh: () =>
        `#compdef behest
if (( CURRENT == 2 )); then
  compadd ${names.join(" ")}
else
  case $words[2] in
${names.map((name) => `    ${name}) compadd -- ${flags(name).join(" ")} ;;`).join("\n")}
  esac
  _files
fi
`,
      fish: () =>
        [
          ...names.map((name) => `complete -c behest -n __fish_use_subcommand -f -a ${name}`),
          ...names.flatMap((name) =>
            flags(name).map((flag) =>
              `complete -c behest -n "__fish_seen_subcommand_from ${name}" -l ${flag.slice(2)}`
            )
          ),
          "",
        ].join("\n"),
    };
    const script = scripts[shell ?? ""];
    if (script === undefined) throw new UsageError("For which shell? behest completion bash, zsh or fish");
    new Output(false).raw(script());
    return Promise.resolve(exits.ok);
  };
}
