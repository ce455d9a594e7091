/** A place in a text as VS Code counts it: zero-based line, and UTF-16 units from its start. */
export interface Place {
  readonly line: number;
  readonly character: number;
}

/** From the first place up to the second. */
export interface TextRange {
  readonly start: Place;
  readonly end: Place;
}

/** The lines of a document, without their ends. */
export interface Lines {
  readonly count: number;
  text(line: number): string;
}
