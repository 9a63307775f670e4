/* What every C header of Spinetail starts from: the mark that lets Swift's hot path call a C function,
 * and the size of a cache line. */
#ifndef ST_HOT_H
#define ST_HOT_H

/* Swift's compiler accepts a call to a C function inside a `@_noLocks` function only when the declaration
 * carries this. It is a promise that we make, not one that clang checks: no lock, no allocation inside. */
#define ST_HOT __attribute__((swift_attr("@_noLocks")))

/* One cache line on x86-64 and on the Arm servers that Spinetail runs on. */
#define ST_LINE_BYTES 64

#endif
