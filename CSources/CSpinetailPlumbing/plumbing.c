/* Plumbing in C: one .c file a subject (clock, journal_ring, sockets, threads, files, uring, crc32c). */
#include "st_plumbing.h"
