/** Seeds with grants that showed a fault once, and are not among the first. */
export const failedGrantSeeds: readonly number[] = [62, 165, 195, 1077, 2124];

/** Seeds that showed a bug once. They run with every test run, whatever the number of seeds. */
export const failedSeeds: readonly number[] = [
  ...[20, 40, 59, 1050, 1091, 1095, 1105, 1213, 1255, 1362],
  ...[
    78,
    232,
    504,
    633,
    2002,
    2012,
    2053,
    2080,
    2093,
    2235,
    2284,
    2295,
    2429,
    2478,
    4076,
    4118,
    5138,
    5240,
    5818,
    6459,
    7140,
    20112,
    50,
  ],
];

/** Seeds with chat that showed a fault: a consent that a Stop hid, an order after a crash, a cursor that went back. */
export const failedChatSeeds: readonly number[] = [52, 56, 384];
