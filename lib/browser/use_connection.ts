import { useEffect } from "preact/hooks";
import type { SharedConnection } from "../client/mod.ts";
import { pageConnection } from "./connection.ts";

/** Runs `listen` once the island has started. What it returns is called when the island goes. */
export function useConnection(listen: (connection: SharedConnection) => readonly (() => void)[]): void {
  useEffect(() => {
    const offs = listen(pageConnection());
    return () => {
      for (const off of offs) off();
    };
  }, []);
}
