/** Why a request is refused: `param` names the field, `details` are what EvoLink adds where it knows the limits. */
export interface Problem {
  readonly param: string;
  readonly message: string;
  readonly details?: {
    readonly min?: number;
    readonly max?: number;
    readonly allowed_values?: readonly string[];
  };
}
