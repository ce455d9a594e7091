// How long a test waits for VS Code. These limits only keep it from hanging: a machine with much else to do is many times slower than an idle one.

/** Milliseconds within which the window must have reacted to a key or a click. */
export const reaction = 90_000;
/** Milliseconds within which a window must be ready. */
export const startup = 240_000;
/** Milliseconds after which something that was done without any effect is done once more. */
export const patience = 5000;
