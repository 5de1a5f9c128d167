/**
 * Counts and times for Prometheus (OP-4).
 * Never holds a label that people can choose: the number of series is bounded by the code.
 * Start with `PrometheusMeters` in `meters.ts`.
 */
export { type Gauges, PrometheusMeters } from "./meters.ts";
