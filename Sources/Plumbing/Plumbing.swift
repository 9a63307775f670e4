// Plumbing
