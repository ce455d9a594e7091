import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { MODELS } from '../evolink/models.ts';
import { creditsBody, roundCredits, type Account, type Accounts } from './accounts.ts';
import { json, refuse, type Answer, type ReceivedRequest } from './answer.ts';
import type { Clock } from './clock.ts';
import { serve } from './resultFile.ts';
import {
  createdBody,
  linkExpired,
  listRow,
  newTask,
  settle,
  statusOf,
  taskBody,
  type SimulatedTask,
} from './generation.ts';
import type { Problem } from './problem.ts';
import { isObject, validate } from './validation.ts';

export interface ServiceOptions {
  readonly origin: string;
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly clip: Uint8Array;
  readonly silentClip: Uint8Array;
}

/** What EvoLink leaves open; a test may change it at any time. */
export interface Behaviour {
  /** How many times faster than the estimate a new task is done. */
  speed: number;
  /** Whether parts of a result can be asked for. */
  ranges: boolean;
  /** HTTP status of a result link that is older than a day. */
  expiredLinkStatus: 403 | 404 | 410;
  /** Whether `Idempotency-Key` is honoured. It is not in EvoLink's API reference. */
  idempotency: boolean;
}

interface Submission {
  readonly body: unknown;
  readonly task: SimulatedTask;
  /** Whether the first answer is still on its way. */
  open: boolean;
}

const MAX_BATCH = 50;
const MAX_PAGE_SIZE = 50;
const TASK_ID_PREFIX = 'task-unified-';
const TASK_TYPES = ['image', 'video', 'audio'];

/** Requests in, answers out, without a socket. */
export class Service {
  readonly behaviour: Behaviour;
  /** In the order of their creation. */
  readonly tasks: SimulatedTask[] = [];
  readonly #options: ServiceOptions;
  /** By account and idempotency key. */
  readonly #submissions = new Map<string, Submission>();

  constructor(options: ServiceOptions, behaviour: Behaviour) {
    this.#options = options;
    this.behaviour = behaviour;
  }

  /** `closed` resolves when nothing more of the answer can reach the client: until then its idempotency key is in use. */
  answer(request: ReceivedRequest, closed: Promise<void>): Answer {
    const now = this.#options.clock.now();
    for (const task of this.tasks) settle(task, now);
    const answer = request.path.startsWith('/files/')
      ? this.#file(request, now)
      : this.#authorized(request, now, closed);
    return { ...answer, headers: { 'x-request-id': randomUUID(), ...answer.headers } };
  }

  #authorized(request: ReceivedRequest, now: number, closed: Promise<void>): Answer {
    const account = this.#options.accounts.of(request.headers['authorization']);
    if (!account) return refuse(401, 'unauthorized', 'authentication_error', 'Invalid or expired token');
    switch (`${request.method} ${request.path}`) {
      case 'POST /v1/videos/generations':
        return this.#create(request, account, now, closed);
      case 'GET /v1/tasks':
        return this.#list(request.query, account, now);
      case 'POST /v1/tasks/batch':
        return this.#batch(request, account, now);
      case 'GET /v1/credits':
        return json(200, creditsBody(account));
      case 'GET /v1/models':
        return json(200, {
          object: 'list',
          data: MODELS.map(({ id }) => ({ id, object: 'model', owned_by: 'bytedance' })),
        });
    }
    const taskId = /^\/v1\/tasks\/([^/]+)$/.exec(request.path)?.[1];
    if (taskId !== undefined && request.method === 'GET') return this.#query(taskId, account, now);
    return refuse(
      404,
      'not_found',
      'invalid_request_error',
      `No route for ${request.method} ${request.path}`,
    );
  }

  #create(request: ReceivedRequest, account: Account, now: number, closed: Promise<void>): Answer {
    const body = parseJson(request.body);
    const accepted = validate(body);
    if ('problem' in accepted) return refuseField(accepted.problem);

    const key = this.behaviour.idempotency ? request.headers['idempotency-key'] : undefined;
    if (key !== undefined && !/^[A-Za-z0-9._-]{16,96}$/.test(key)) {
      return refuseField({
        param: 'Idempotency-Key',
        message: 'Idempotency-Key must be 16 to 96 letters, digits, ".", "_" or "-"',
      });
    }
    const slot = `${account.id} ${key}`;
    const earlier = key === undefined ? undefined : this.#submissions.get(slot);
    if (earlier) return this.#repeat(earlier, body, now);

    const task = newTask(account, accepted, now, this.behaviour.speed);
    if (account.remaining < 0) {
      account.remaining = roundCredits(account.remaining + task.reserved);
      return refuse(
        402,
        'insufficient_quota',
        'insufficient_quota',
        'Insufficient quota. Please top up your account.',
      );
    }
    this.tasks.push(task);
    if (key !== undefined) {
      const submission = { body, task, open: true };
      this.#submissions.set(slot, submission);
      void closed.then(() => (submission.open = false));
    }
    return json(200, createdBody(task, now));
  }

  #repeat(earlier: Submission, body: unknown, now: number): Answer {
    if (!isDeepStrictEqual(earlier.body, body)) {
      const message = 'Idempotency-Key was already used with a different request';
      return refuse(409, 'idempotency_conflict', 'invalid_request_error', message);
    }
    if (earlier.open) {
      const message = 'The first request with this Idempotency-Key is still being processed';
      return refuse(409, 'paid_outcome_unknown', 'invalid_request_error', message);
    }
    return json(200, createdBody(earlier.task, now), { 'idempotency-replayed': 'true' });
  }

  #query(id: string, account: Account, now: number): Answer {
    if (!id.startsWith(TASK_ID_PREFIX)) {
      const message = `Task ID must start with ${TASK_ID_PREFIX}`;
      return refuse(400, 'invalid_task_id', 'invalid_request_error', message, { param: 'task_id' });
    }
    const task = this.tasks.find(task => task.id === id);
    if (!task) return refuse(404, 'task_not_found', 'invalid_request_error', 'Task not found or expired');
    if (task.account !== account) {
      return refuse(
        403,
        'permission_denied',
        'invalid_request_error',
        'You do not have permission to access this task',
      );
    }
    return json(200, taskBody(task, now, this.#options.origin));
  }

  #list(query: URLSearchParams, account: Account, now: number): Answer {
    const status = query.get('status');
    const filters = ['processing', 'completed', 'failed', 'cancelled'];
    if (status !== null && !filters.includes(status)) {
      return refuseField({ param: 'status', message: `status must be one of: ${filters.join(', ')}` });
    }
    const type = query.get('type');
    if (type !== null && !TASK_TYPES.includes(type)) {
      return refuseField({ param: 'type', message: `type must be one of: ${TASK_TYPES.join(', ')}` });
    }
    const page = Number(query.get('page') ?? 1);
    const pageSize = Number(query.get('page_size') ?? 20);
    if (!Number.isInteger(page) || page < 1)
      return refuseField({ param: 'page', message: 'page must be 1 or more' });
    if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
      return refuseField({ param: 'page_size', message: `page_size must be 1 to ${MAX_PAGE_SIZE}` });
    }
    const model = query.get('model');
    const found = this.tasks.toReversed().filter(task => {
      const own = statusOf(task, now);
      return (
        task.account === account &&
        (model === null || task.request.model.id === model) &&
        (type === null || type === 'video') &&
        (status === null || (own === 'pending' ? 'processing' : own) === status)
      );
    });
    const data = found.slice((page - 1) * pageSize, page * pageSize).map(task => listRow(task, now));
    return json(200, { object: 'list', total: found.length, page, page_size: pageSize, data });
  }

  /** Unknown and foreign tasks are left out. */
  #batch(request: ReceivedRequest, account: Account, now: number): Answer {
    const body = parseJson(request.body);
    const ids: unknown = isObject(body) ? body['task_ids'] : undefined;
    if (!Array.isArray(ids) || ids.length === 0 || ids.length > MAX_BATCH) {
      return refuseField({
        param: 'task_ids',
        message: `task_ids must be an array of 1 to ${MAX_BATCH} task IDs`,
      });
    }
    const tasks = this.tasks.filter(task => task.account === account && ids.includes(task.id));
    return json(200, { code: 200, data: tasks.map(task => taskBody(task, now, this.#options.origin)) });
  }

  /** Result links need no key. */
  #file(request: ReceivedRequest, now: number): Answer {
    const task = this.tasks.find(task => task.resultPath === request.path);
    if (!task || statusOf(task, now) !== 'completed') return plain(404, 'Not Found');
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Method Not Allowed');
    if (linkExpired(task, now)) return plain(this.behaviour.expiredLinkStatus, 'Link expired');
    return serve(request, {
      bytes: task.request.audio ? this.#options.clip : this.#options.silentClip,
      modifiedAt: task.endsAt,
      ranges: this.behaviour.ranges,
    });
  }
}

function refuseField({ param, message, details }: Problem): Answer {
  return refuse(400, 'invalid_request', 'invalid_request_error', message, { param, ...details });
}

function plain(status: number, text: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from(text) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
