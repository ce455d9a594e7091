// Control routes of `npm run simulator`. Not part of the shipped extension.
import * as v from 'valibot';
import { json, type Answer, type ReceivedRequest } from './answer.ts';
import { Faults, outcomeOf } from './faults.ts';
import type { Exchange, Interceptor, Simulator } from './server.ts';
import { settle, statusOf } from './generation.ts';

const PREFIX = '/_simulator/';

/** A few centuries: dates end, and with them every answer that has one. */
const MAX_SECONDS = 1e10;
const clockSchema = v.union([
  v.strictObject({ advance: v.pipe(v.number(), v.minValue(-MAX_SECONDS), v.maxValue(MAX_SECONDS)) }),
  v.strictObject({ set: v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_SECONDS)) }),
]);
const behaviourSchema = v.strictObject({
  speed: v.optional(v.pipe(v.number(), v.gtValue(0))),
  ranges: v.optional(v.boolean()),
  expiredLinkStatus: v.optional(v.picklist([403, 404, 410])),
  idempotency: v.optional(v.boolean()),
});
const creditsSchema = v.strictObject({ remaining: v.number() });
const accountSchema = v.strictObject({ key: v.string(), credits: v.number() });
const endSchema = v.strictObject({ as: v.string() });

/** The text of `--help` about the routes of this file and the members of a fault. */
export const CONTROL_HELP = `Control routes, for tests (no key; bodies are JSON; times in seconds)
  POST   /_simulator/faults      orders a fault, or an array of them
  GET    /_simulator/faults      the faults that have not happened yet
  DELETE /_simulator/faults      forgets them
  POST   /_simulator/clock       {"advance": 86400} or {"set": unix time}: moves tasks, and lets links expire
  POST   /_simulator/behaviour   {"speed", "ranges", "expiredLinkStatus": 403|404|410, "idempotency"}: any of them
  POST   /_simulator/credits     {"remaining": 3}: the account of the first key
  POST   /_simulator/accounts    {"key": "sk-other", "credits": 100}: a second account
  POST   /_simulator/tasks/ID    {"as": "completed" | "cancelled" | code of a task error}: ends a task now
  GET    /_simulator/requests    what was asked so far, without the keys

A fault happens to the first request that fits it:
  on         create, query, list, batch, credits, models, file (the result link) or any
  times      how many requests (1)            skip   how many are left alone first (0)
  while      only queries of a task with this status
  processed  true: the request takes effect first, even if it is then cut off or answered otherwise
  delay      seconds
The answer is EvoLink's own unless one of these is given:
  answer     {"status", "headers", "body"}: any; a body that is no string is sent as JSON
  error      a refusal by its code, such as "insufficient_quota" or "no_available_channel"
  preset     html-200 html-403 html-502 empty-200 empty-502 null-200 array-200 half-json plain-500 success-false
             numeric-code error-text oauth-error
  redirect   an address (302)                 cut    true: the connection is cut instead
Changes to the answer:
  results    where a finished task has its link: none, empty, result_data, result_data_object, output, video_url
  set        {"path.to.member": value}        remove ["path.to.member"]
  headers    {"content-type": "text/plain"}   chunked true: no Content-Length
  cutAt      cuts after so many bytes         stallAt sends no more after so many bytes, for stallFor seconds or for good
And for "create":
  ends       how the new task ends: "cancelled", or the code of a task error such as "content_policy_violation"

Example: the next video is accepted, but the connection is cut before the answer:
  curl -d '{"on": "create", "processed": true, "cut": true}' URL/_simulator/faults
`;

/** Faults with control routes before them. */
export function controlled(faults: Faults): Interceptor {
  return async exchange => {
    if (!exchange.request.path.startsWith(PREFIX)) return faults.intercept(exchange);
    try {
      return control(exchange, faults);
    } catch (error) {
      if (error instanceof v.ValiError || error instanceof SyntaxError)
        return json(400, { message: explain(error) });
      throw error;
    }
  };
}

function control({ request, simulator }: Exchange, faults: Faults): Answer {
  const body: unknown = request.body === '' ? undefined : JSON.parse(request.body);
  const path = request.path.slice(PREFIX.length);
  switch (`${request.method} ${path}`) {
    case 'POST faults':
      faults.order(...(Array.isArray(body) ? body : [body]));
      return json(200, faults.left);
    case 'GET faults':
      return json(200, faults.left);
    case 'DELETE faults':
      faults.clear();
      return json(200, faults.left);
    case 'POST clock': {
      const change = v.parse(clockSchema, body);
      if ('set' in change) simulator.clock.set(change.set * 1000);
      else simulator.clock.advance(change.advance * 1000);
      return json(200, { now: simulator.clock.now() / 1000 });
    }
    case 'POST behaviour':
      return json(200, Object.assign(simulator.behaviour, v.parse(behaviourSchema, body)));
    case 'POST credits':
      return json(200, Object.assign(simulator.account, v.parse(creditsSchema, body)));
    case 'POST accounts': {
      const { key, credits } = v.parse(accountSchema, body);
      return json(200, simulator.addAccount(key, credits));
    }
    case 'GET requests':
      return json(200, simulator.requests.map(withoutKey));
  }
  const id = /^tasks\/(.+)$/.exec(path)?.[1];
  if (id !== undefined && request.method === 'POST') return end(simulator, id, v.parse(endSchema, body).as);
  return json(404, { message: `No control route ${request.method} ${request.path}: see --help` });
}

function end({ tasks, clock }: Simulator, id: string, as: string): Answer {
  const task = tasks.find(task => task.id === id);
  if (!task) return json(404, { message: `No task ${id}` });
  if (task.charged !== undefined) return json(409, { message: `Task ${id} has ended` });
  task.outcome = outcomeOf(as);
  task.endsAt = clock.now();
  settle(task, clock.now());
  return json(200, { id, status: statusOf(task, clock.now()) });
}

function withoutKey({ method, path, query, headers, body, at }: ReceivedRequest): unknown {
  const { authorization, ...rest } = headers;
  return {
    method,
    path,
    query: query.toString(),
    headers: rest,
    authorized: authorization !== undefined,
    body,
    at,
  };
}

function explain(error: Error): string {
  if (!(error instanceof v.ValiError)) return error.message;
  return error.issues.map(issue => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`).join('; ');
}
