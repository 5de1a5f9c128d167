export { openClamd } from "./scanner.ts";
