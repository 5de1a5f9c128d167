import { parse } from "yaml";

/** A rule of `docs/monitoring/alerts.yaml`. */
export interface AlertRule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string };
}

export async function alertRules(): Promise<AlertRule[]> {
  const file = parse(await Deno.readTextFile("docs/monitoring/alerts.yaml")) as {
    groups: { name: string; rules: AlertRule[] }[];
  };
  return file.groups.flatMap(({ rules }) => rules);
}

interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** The alerts that look at one moment only (`name{labels} < number`) and fire with these metrics. */
export function firing(rules: readonly AlertRule[], metrics: string): Set<string> {
  const samples = samplesOf(metrics);
  return new Set(rules.filter(({ expr }) => isTrue(expr, samples)).map(({ alert }) => alert));
}

function samplesOf(metrics: string): Sample[] {
  return [...metrics.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name, labels = "", value]) => ({
    name: name!,
    labels: Object.fromEntries(pairsOf(labels).map(([label, , text]) => [label, text])),
    value: Number(value),
  }));
}

/** What PromQL says of `name{…} == number` and the like; false for an expression over a time. */
function isTrue(expr: string, samples: readonly Sample[]): boolean {
  const parts = /^(\w+)(?:\{(.*)\})? (==|>|<) ([\d.]+)$/.exec(expr);
  if (parts === null) return false;
  const [, name, matchers = "", compare, number] = parts;
  return samples.some((sample) => {
    if (sample.name !== name) return false;
    const fits = pairsOf(matchers).every(([label, how, text]) => {
      const value = sample.labels[label] ?? "";
      const same = how.endsWith("~") ? new RegExp(`^(?:${text})$`).test(value) : value === text;
      return how.startsWith("!") ? !same : same;
    });
    const limit = Number(number);
    return fits &&
      (compare === "=="
        ? sample.value === limit
        : compare === ">"
        ? sample.value > limit
        : sample.value < limit);
  });
}

function pairsOf(labels: string): [string, string, string][] {
  return [...labels.matchAll(/(\w+)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"/g)].map((
    [, label, how, text],
  ) => [label!, how!, text!]);
}
