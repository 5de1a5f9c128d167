/** The library that gives a process another time, where Debian has it. */
export const libfaketime = `/usr/lib/${Deno.build.arch}-linux-gnu/faketime/libfaketime.so.1`;
