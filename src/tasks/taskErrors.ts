import type { TaskError } from './task.ts';

/** What of an error is kept with the task: its data, without the stack. */
export function toTaskError(error: TaskError): TaskError {
  const { kind, code, message, httpStatus, requestId } = error;
  return {
    kind,
    message,
    ...(code === undefined ? {} : { code }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}
