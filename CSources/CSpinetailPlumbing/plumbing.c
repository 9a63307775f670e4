/* Plumbing: clock, network, disk and rings in C. */
