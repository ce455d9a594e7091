// Faults ordered by tests and by `npm run simulator`. Not part of the shipped extension.
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import { json, refuse, type Answer, type ReceivedRequest } from './answer.ts';
import { API_ERRORS, apiError, PRESETS, TASK_ERRORS } from './faultCatalog.ts';
import { settle, statusOf, type Outcome } from './generation.ts';
import type { Exchange, Simulator } from './server.ts';
import { isObject } from './validation.ts';

/** What a fault can be ordered for. */
export const ROUTE_NAMES = ['create', 'query', 'list', 'batch', 'credits', 'models', 'file', 'any'] as const;
type Route = (typeof ROUTE_NAMES)[number];

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const headers = v.record(v.pipe(v.string(), v.toLowerCase()), v.string());

/** One fault, as ordered. Unknown members are refused, so that a slip of the pen doesn't make a test pass. */
export const faultSchema = v.strictObject({
  /** The requests that it happens to. */
  on: v.picklist(ROUTE_NAMES),
  /** How many of them. */
  times: v.optional(v.pipe(count, v.minValue(1)), 1),
  /** How many are left alone first. */
  skip: v.optional(count, 0),
  /** Only queries of a task that has this status. */
  while: v.optional(v.picklist(['pending', 'processing', 'completed', 'failed', 'cancelled'])),
  /** Whether the request takes effect before the delay and even if it is cut off or answered otherwise. */
  processed: v.optional(v.boolean(), false),
  /** Seconds of real time. */
  delay: v.optional(v.pipe(v.number(), v.minValue(0)), 0),

  // The answer: EvoLink's own unless one of these is given.
  /** A body that is not a string is sent as JSON. */
  answer: v.optional(
    v.strictObject({
      status: v.pipe(count, v.minValue(200), v.maxValue(599)),
      headers: v.optional(headers, {}),
      body: v.optional(v.unknown(), ''),
    }),
  ),
  /** A refusal by its code. */
  error: v.optional(v.picklist(Object.keys(API_ERRORS))),
  preset: v.optional(
    v.custom<keyof typeof PRESETS>(
      name => typeof name === 'string' && Object.hasOwn(PRESETS, name),
      'unknown preset',
    ),
  ),
  /** Sends the client to this address with a 302. */
  redirect: v.optional(v.string()),
  /** Cuts the connection instead of an answer. */
  cut: v.optional(v.boolean(), false),

  /** How the task that is created ends: `cancelled`, or the code of a task error. */
  ends: v.optional(v.string()),

  // Changes to the answer.
  /** Where a finished task has its link. */
  results: v.optional(
    v.picklist(['none', 'empty', 'result_data', 'result_data_object', 'output', 'video_url']),
  ),
  /** Members of the JSON body by path, such as `task_info.estimated_time`. */
  set: v.optional(v.record(v.string(), v.unknown()), {}),
  remove: v.optional(v.array(v.string()), []),
  headers: v.optional(headers, {}),
  /** Sends no `Content-Length`. */
  chunked: v.optional(v.boolean(), false),
  /** Cuts the connection after so many bytes of the body. */
  cutAt: v.optional(count),
  /** Sends nothing more after so many bytes of the body, for `stallFor` seconds or for good. */
  stallAt: v.optional(count),
  stallFor: v.optional(v.pipe(v.number(), v.minValue(0))),
});

export type Fault = v.InferInput<typeof faultSchema>;
type OrderedFault = v.InferOutput<typeof faultSchema>;

/** The faults that wait for their requests. For each request the first that fits is taken. */
export class Faults {
  #waiting: OrderedFault[] = [];

  /** Throws `ValiError` where a fault is not well formed. */
  order(...faults: readonly unknown[]): void {
    this.#waiting.push(...faults.map(fault => v.parse(faultSchema, fault)));
  }

  clear(): void {
    this.#waiting = [];
  }

  /** Those that have not happened as often as ordered. A test that leaves one has not tested it. */
  get left(): readonly Fault[] {
    return this.#waiting;
  }

  readonly intercept = async (exchange: Exchange): Promise<Answer | 'answered'> => {
    const fault = this.#take(exchange.request, exchange.simulator);
    return fault ? happen(fault, exchange) : exchange.process();
  };

  #take(request: ReceivedRequest, simulator: Simulator): OrderedFault | undefined {
    const route = routeOf(request);
    const index = this.#waiting.findIndex(
      fault =>
        (fault.on === route || fault.on === 'any') &&
        (!fault.while || fault.while === taskStatus(request, simulator)),
    );
    const fault = this.#waiting[index];
    if (!fault) return undefined;
    if (fault.skip > 0) {
      this.#waiting[index] = { ...fault, skip: fault.skip - 1 };
      return undefined;
    }
    if (fault.times > 1) this.#waiting[index] = { ...fault, times: fault.times - 1 };
    else this.#waiting.splice(index, 1);
    return fault;
  }
}

/** How a task ends, from `completed`, `cancelled` or the code of a task error. */
export function outcomeOf(end: string): Outcome {
  if (end === 'completed' || end === 'cancelled') return { status: end };
  return { status: 'failed', error: { code: end, message: TASK_ERRORS[end] ?? 'The task failed' } };
}

function routeOf({ method, path }: ReceivedRequest): Route | undefined {
  if (path.startsWith('/files/')) return 'file';
  switch (`${method} ${path}`) {
    case 'POST /v1/videos/generations':
      return 'create';
    case 'GET /v1/tasks':
      return 'list';
    case 'POST /v1/tasks/batch':
      return 'batch';
    case 'GET /v1/credits':
      return 'credits';
    case 'GET /v1/models':
      return 'models';
  }
  return method === 'GET' && path.startsWith('/v1/tasks/') ? 'query' : undefined;
}

function taskStatus({ path }: ReceivedRequest, { tasks, clock }: Simulator): string | undefined {
  const task = tasks.find(({ id }) => path === `/v1/tasks/${id}`);
  if (!task) return undefined;
  settle(task, clock.now());
  return statusOf(task, clock.now());
}

async function happen(
  fault: OrderedFault,
  { request, response, simulator, process }: Exchange,
): Promise<Answer | 'answered'> {
  const act = () => {
    const before = simulator.tasks.length;
    const answer = process();
    const created = simulator.tasks[before];
    if (created && fault.ends !== undefined) created.outcome = outcomeOf(fault.ends);
    return answer;
  };
  const processed = fault.processed ? act() : undefined;
  await pause(fault.delay, response);
  if (response.destroyed) return 'answered';
  if (fault.cut) {
    response.destroy();
    return 'answered';
  }
  const answer = change(ownAnswer(fault, routeOf(request)) ?? processed ?? act(), fault);
  if (!fault.chunked && fault.cutAt === undefined && fault.stallAt === undefined) return answer;
  await sendBroken(answer, fault, response);
  return 'answered';
}

function ownAnswer(fault: OrderedFault, route: Route | undefined): Answer | undefined {
  if (fault.redirect !== undefined)
    return { status: 302, headers: { location: fault.redirect }, body: new Uint8Array() };
  const error = fault.error === undefined ? undefined : apiError(fault.error, route ?? 'any');
  if (error && fault.error !== undefined) {
    const refusal = refuse(error.status, fault.error, error.type, error.message, error.details);
    return { ...refusal, headers: { ...refusal.headers, 'x-request-id': randomUUID() } };
  }
  const given = fault.preset === undefined ? fault.answer : PRESETS[fault.preset].answer;
  if (!given) return undefined;
  const { status, headers, body } = given;
  return typeof body === 'string'
    ? { status, headers, body: Buffer.from(body) }
    : json(status, body, headers);
}

function change(answer: Answer, fault: OrderedFault): Answer {
  const edits = fault.results !== undefined || fault.remove.length > 0 || Object.keys(fault.set).length > 0;
  const body = edits ? Buffer.from(JSON.stringify(edited(answer, fault))) : answer.body;
  return { ...answer, headers: { ...answer.headers, ...fault.headers }, body };
}

function edited({ body }: Answer, fault: OrderedFault): unknown {
  const root: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
  if (!isObject(root)) return root;
  const copy: Record<string, unknown> =
    fault.results === undefined ? { ...root } : moveResults(root, fault.results);
  for (const path of fault.remove) assign(copy, path.split('.'), undefined);
  for (const [path, value] of Object.entries(fault.set)) assign(copy, path.split('.'), value);
  return copy;
}

function moveResults(
  { results, ...rest }: Readonly<Record<string, unknown>>,
  place: NonNullable<OrderedFault['results']>,
): Record<string, unknown> {
  const link: unknown = Array.isArray(results) ? results[0] : undefined;
  if (link === undefined) return rest;
  const item = { result_id: 'result-1', video_url: link };
  const places = {
    none: {},
    empty: { results: [] },
    result_data: { result_data: [item] },
    result_data_object: { result_data: item },
    output: { output: { video_url: link } },
    video_url: { video_url: link },
  };
  return { ...rest, ...places[place] };
}

function assign(
  target: Record<string, unknown>,
  [name = '', ...rest]: readonly string[],
  value: unknown,
): void {
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = target[name];
  const copy = isObject(inner) ? { ...inner } : {};
  target[name] = copy;
  assign(copy, rest, value);
}

async function sendBroken(answer: Answer, fault: OrderedFault, response: ServerResponse): Promise<void> {
  const at = Math.min(fault.cutAt ?? fault.stallAt ?? answer.body.length, answer.body.length);
  const length = fault.chunked ? {} : { 'content-length': String(answer.body.length) };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.flushHeaders();
  await new Promise<void>(resolve => response.write(answer.body.subarray(0, at), () => resolve()));
  if (fault.cutAt !== undefined) {
    response.destroy();
  } else if (fault.stallAt === undefined || fault.stallFor !== undefined) {
    await pause(fault.stallFor ?? 0, response);
    response.end(answer.body.subarray(at));
  }
}

/** Ends early when the client hangs up. */
async function pause(seconds: number, response: ServerResponse): Promise<void> {
  if (seconds === 0) return;
  const hungUp = new AbortController();
  const abort = () => hungUp.abort();
  response.once('close', abort);
  await wait(seconds * 1000, undefined, { signal: hungUp.signal }).catch(() => undefined);
  response.off('close', abort);
}
