import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { readTask } from '../../../src/evolink/answers.ts';
import { readErrorWords } from '../../../src/evolink/errorAnswers.ts';
import type { ErrorKind, Remedy } from '../../../src/evolink/errors.ts';
import { EvoLinkError, httpErrorKind, taskErrorKind } from '../../../src/evolink/errors.ts';
import { TASK_ID } from './server.ts';

type HttpRow = readonly [status: number, code: string, kind: ErrorKind, remedy: Remedy, retryable: boolean];

/** Create route: the six of the reference. */
const CREATE_ROWS: readonly HttpRow[] = [
  [400, 'invalid_request', 'badRequest', 'fixRequest', false],
  [401, 'unauthorized', 'key', 'setKey', false],
  [402, 'insufficient_quota', 'balance', 'topUp', false],
  [403, 'model_access_denied', 'modelAccess', 'otherModel', false],
  [429, 'rate_limit_exceeded', 'rateLimit', 'wait', true],
  [500, 'internal_error', 'server', 'wait', true],
];

/** Query route: those of the reference. */
const QUERY_ROWS: readonly HttpRow[] = [
  [400, 'invalid_task_id', 'notFound', 'otherAccount', false],
  [401, 'unauthorized', 'key', 'setKey', false],
  [402, 'quota_exceeded', 'balance', 'topUp', false],
  [403, 'permission_denied', 'forbidden', 'otherAccount', false],
  [404, 'task_not_found', 'notFound', 'otherAccount', false],
  [429, 'rate_limit_exceeded', 'rateLimit', 'wait', true],
  [500, 'internal_error', 'server', 'wait', true],
];

/** Codes that EvoLink's own clients know. */
const CLIENT_ROWS: readonly HttpRow[] = [
  [402, 'insufficient_user_quota', 'balance', 'topUp', false],
  [402, 'quota_not_enough', 'balance', 'topUp', false],
  [402, 'account_balance_insufficient', 'balance', 'topUp', false],
  [402, 'insufficient_token_quota', 'keyLimit', 'raiseKeyLimit', false],
  [402, 'key_quota_exhausted', 'keyLimit', 'raiseKeyLimit', false],
  [402, 'token_daily_quota_exceeded', 'keyDailyLimit', 'wait', false],
  [402, 'key_daily_quota_exhausted', 'keyDailyLimit', 'wait', false],
  [403, 'key_disabled', 'key', 'setKey', false],
  [401, 'key_expired', 'key', 'setKey', false],
  [401, 'invalid_token', 'key', 'setKey', false],
  [403, 'user_disabled', 'key', 'setKey', false],
  [403, 'ip_restricted', 'key', 'setKey', false],
  [403, 'key_model_not_allowed', 'modelAccess', 'otherModel', false],
  [400, 'content_policy_violation', 'content', 'changePrompt', false],
  [400, 'content_filter', 'content', 'changePrompt', false],
  [400, 'sensitive_content', 'content', 'changePrompt', false],
  [400, 'moderation_blocked', 'content', 'changePrompt', false],
  [400, 'input_moderation_failed', 'content', 'changePrompt', false],
  [400, 'invalid_parameter', 'badRequest', 'fixRequest', false],
  [400, 'invalid_parameters', 'badRequest', 'fixRequest', false],
  [400, 'invalid_media_url', 'media', 'fixRequest', false],
  [400, 'unsupported_parameters', 'badRequest', 'fixRequest', false],
  [400, 'no_available_channel', 'modelDown', 'wait', true],
  [503, 'no_available_channel', 'modelDown', 'wait', true],
  [503, 'model_unavailable', 'modelDown', 'wait', true],
  [503, 'channel_selection_failed', 'modelDown', 'wait', true],
  [400, 'channel:invalid_key', 'modelDown', 'wait', true],
  [503, 'service_unavailable', 'modelDown', 'wait', true],
  [409, 'idempotency_conflict', 'idempotencyConflict', 'checkOutcome', false],
  [409, 'paid_outcome_unknown', 'inFlight', 'checkOutcome', false],
  [429, 'rate_limited', 'rateLimit', 'wait', true],
  [502, 'upstream_error', 'server', 'wait', true],
];

/** A status with a code that nobody has described. */
const STATUS_ROWS: readonly HttpRow[] = [
  [400, 'new_code', 'badRequest', 'fixRequest', false],
  [401, 'new_code', 'key', 'setKey', false],
  [402, 'new_code', 'balance', 'topUp', false],
  [403, 'new_code', 'forbidden', 'otherAccount', false],
  [404, 'new_code', 'notFound', 'otherAccount', false],
  [409, 'new_code', 'inFlight', 'checkOutcome', false],
  [413, 'new_code', 'tooLarge', 'fixRequest', false],
  [415, 'new_code', 'badRequest', 'fixRequest', false],
  [418, 'new_code', 'unknown', 'report', false],
  [422, 'new_code', 'badRequest', 'fixRequest', false],
  [429, 'new_code', 'rateLimit', 'wait', true],
  [502, 'new_code', 'server', 'wait', true],
  [503, 'new_code', 'server', 'wait', true],
];

type TaskRow = readonly [code: string, kind: ErrorKind, remedy: Remedy, retryable: boolean];

/** Codes of failed tasks: the reference's page "Error codes", then those that EvoLink's own client has met. */
const TASK_ROWS: readonly TaskRow[] = [
  ['content_policy_violation', 'content', 'changePrompt', false],
  ['invalid_parameters', 'badRequest', 'fixRequest', false],
  ['image_processing_error', 'media', 'fixRequest', false],
  ['image_dimension_mismatch', 'media', 'fixRequest', false],
  ['request_cancelled', 'cancelled', 'generateAgain', false],
  ['resource_not_found', 'notFound', 'otherAccount', false],
  ['generation_failed_no_content', 'noContent', 'changePrompt', false],
  ['service_error', 'server', 'wait', true],
  ['generation_timeout', 'generationTimeout', 'generateAgain', true],
  ['resource_exhausted', 'rateLimit', 'wait', true],
  ['quota_exceeded', 'rateLimit', 'wait', true],
  ['service_unavailable', 'modelDown', 'wait', true],
  ['unknown_error', 'unknown', 'report', false],
  ['model_unavailable', 'modelDown', 'wait', true],
  ['upstream_error', 'server', 'wait', true],
  ['rate_limited', 'rateLimit', 'wait', true],
  ['invalid_audio', 'media', 'fixRequest', false],
  ['channel_closed', 'modelDown', 'wait', true],
  ['new_code', 'unknown', 'report', false],
];

describe('errors over HTTP', () => {
  for (const [status, code, kind, remedy, retryable] of [
    ...CREATE_ROWS,
    ...QUERY_ROWS,
    ...CLIENT_ROWS,
    ...STATUS_ROWS,
  ]) {
    it(`${status} ${code} means ${kind}`, () => {
      const error = new EvoLinkError({ kind: httpErrorKind(status, code), code, httpStatus: status });
      const { kind: found, remedy: foundRemedy, retryable: foundRetryable } = error;
      assert.deepEqual([found, foundRemedy, foundRetryable], [kind, remedy, retryable]);
    });
  }

  it('believes a known code before the status, in any case', () => {
    for (const [status, code, kind] of [...CREATE_ROWS, ...CLIENT_ROWS]) {
      for (const other of [200, 400, 401, 403, 404, 500, 503]) {
        assert.equal(httpErrorKind(other, code.toUpperCase()), kind, `${status} ${code} as ${other}`);
      }
    }
    assert.equal(httpErrorKind(400, 'quota_exceeded'), 'rateLimit');
  });

  it('reads a status that stands in place of the code', () => {
    assert.equal(httpErrorKind(200, '401'), 'key');
    assert.equal(httpErrorKind(400, '429'), 'rateLimit');
  });

  it('is not misled by names that every object has', () => {
    assert.equal(httpErrorKind(400, 'constructor'), 'badRequest');
    assert.equal(taskErrorKind('__proto__'), 'unknown');
  });
});

describe('errors of failed tasks', () => {
  for (const [code, kind, remedy, retryable] of TASK_ROWS) {
    it(`${code} means ${kind}`, () => {
      const task = readTask({
        id: TASK_ID,
        status: 'failed',
        error: { code, message: 'a\nb', type: 'task_error' },
      });
      assert.deepEqual(task?.error, {
        kind,
        code,
        message: 'a\nb',
        // There is no rule on the charge of a cancelled task.
        charged: kind === 'cancelled' ? 'unknown' : 'no',
        remedy,
        retryable,
      });
      assert.equal(task.state, kind === 'cancelled' ? 'cancelled' : 'failed');
    });
  }
});

describe('words of an error', () => {
  it('reads all that EvoLink adds', () => {
    assert.deepEqual(
      readErrorWords({
        error: {
          code: 'insufficient_quota',
          message: 'Not enough. (request id: 20261122-ab)',
          type: 'insufficient_quota',
          param: 'duration',
          min: 4,
          max: 15,
          allowed_values: ['480p', 720, true],
          allowed_models: ['m'],
          fallback_suggestion: 'Use mini',
          estimated_credits: 67.5,
          account_balance_credits: -2,
          remaining_credits: 0,
          reset_timezone: 'Asia/Shanghai',
          action_url: '/dashboard/credits',
        },
      }),
      {
        own: true,
        code: 'insufficient_quota',
        message: 'Not enough. (request id: 20261122-ab)',
        requestId: '20261122-ab',
        details: {
          param: 'duration',
          min: 4,
          max: 15,
          allowedValues: ['480p', 720, true],
          allowedModels: ['m'],
          suggestion: 'Use mini',
          estimatedCredits: 67.5,
          balanceCredits: -2,
          remainingCredits: 0,
          resetTimezone: 'Asia/Shanghai',
        },
      },
    );
  });

  it('reads numbers as codes', () => {
    assert.deepEqual(readErrorWords({ error: { code: 401, message: 'Invalid token', type: 'x' } }), {
      own: true,
      code: '401',
      message: 'Invalid token',
    });
  });

  it('keeps a code in one line', () => {
    assert.equal(readErrorWords({ error: { code: ' new\n\ncode ' } })?.code, 'new code');
  });

  it("tells the API's own envelope from others", () => {
    assert.deepEqual(readErrorWords({ error: 'invalid_token', error_description: 'Bad key' }), {
      own: false,
      code: 'invalid_token',
      message: 'Bad key',
    });
    assert.deepEqual(readErrorWords({ error: 'Some text.' }), { own: false, message: 'Some text.' });
    assert.deepEqual(readErrorWords({ success: false, code: 400, msg: 'No' }), {
      own: false,
      code: '400',
      message: 'No',
    });
    assert.deepEqual(readErrorWords({ success: false, message: '' }), { own: false, message: '' });
  });

  it('takes the type alone for words: the reference requires no member of an error', () => {
    assert.deepEqual(readErrorWords({ error: { type: 'insufficient_quota' } }), { own: true, message: '' });
  });

  it('finds no words where there are none', () => {
    for (const json of [
      undefined,
      null,
      [],
      'text',
      7,
      {},
      { error: null },
      { error: {} },
      { error: [] },
      { error: { type: ' ' } },
    ]) {
      assert.equal(readErrorWords(json), undefined, inspect(json));
    }
  });

  it('cuts what is too long', () => {
    const words = readErrorWords({ error: { code: 'c'.repeat(999), message: 'm'.repeat(99_999) } });
    assert.equal(words?.code?.length, 128);
    assert.equal(words.message.length, 2000);
  });
});

describe('EvoLinkError', () => {
  it('is an error with data, and nothing that was not said', () => {
    const error = new EvoLinkError({
      kind: 'rateLimit',
      message: 'Slow down',
      httpStatus: 429,
      code: undefined,
    });
    assert.ok(error instanceof Error);
    assert.equal(error.message, 'Slow down');
    assert.deepEqual(Object.fromEntries(Object.entries(error)), {
      kind: 'rateLimit',
      httpStatus: 429,
      charged: 'unknown',
      remedy: 'wait',
      retryable: true,
      name: 'EvoLinkError',
    });
  });
});
