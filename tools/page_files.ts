/** The files under `routes/` that are pages, as paths from the project's root; layouts and what answers programs are none. */
export function pageFiles(): string[] {
  return filesBelow("routes").filter((file) =>
    /^routes\/_(404|error)\.tsx$/.test(file) ||
    // Fresh makes no routes of folders like `(_parts)`.
    (/\/[^/_][^/]*\.tsx$/.test(file) && !file.includes("/(_"))
  );
}

/** `routes/(app)/sent/[id].tsx` → `/sent/[id]`. */
export function addressOf(file: string): string {
  const path = file.replace(/^routes/, "").replace(/\.tsx$/, "").replaceAll(/\/\([^)]*\)/g, "")
    .replace(/\/index$/, "");
  return path === "" ? "/" : path;
}

function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(`${folder}/${name}`) : [`${folder}/${name}`]
  ).sort();
}
