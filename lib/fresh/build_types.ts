import type { ComponentType } from "preact";
import type { Mode } from "./types.ts";

/** One exported component of an island file. */
export interface Island {
  /** Names it in the page; unique in the build, letters, digits and underscores. */
  name: string;
  exportName: string;
  /** URL path of its bundle, without the base path. */
  url: string;
  /** URL paths of what the bundle imports. */
  imports: readonly string[];
}

/** A file to be served as it is. */
export interface StaticFile {
  type: string;
  sizeBytes: number;
  /** SHA-256 of the content, hex. */
  hash: string;
  body(): Promise<BodyInit>;
}

/** One file under `routes/` with what it exports. */
export interface RouteFile {
  /** Path below `routes/` without extension, with slashes: `(app)/users/[id]`. */
  id: string;
  module: Record<string, unknown>;
}

/** What a build gives an app. */
export interface Build {
  id: string;
  mode: Mode;
  root: string;
  /** URL path of the client runtime and of what it imports. */
  client: { url: string; imports: readonly string[] };
  islands: Map<ComponentType, Island>;
  routes: readonly RouteFile[];
  staticFile(path: string): StaticFile | null;
}
