// What can go wrong at EvoLink, as data. Not part of the shipped extension.

export interface ApiError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  /** Further members of `error`. */
  readonly details?: Readonly<Record<string, unknown>>;
}

const balance = {
  status: 402,
  type: 'insufficient_quota',
  message: 'Insufficient quota. Please top up your account.',
};
const keyLimit = {
  status: 402,
  type: 'insufficient_quota',
  message: 'The quota of this API key is used up',
  details: {
    limit_scope: 'key',
    key_name: 'default',
    total_limit_credits: 100,
    used_credits: 100,
    remaining_credits: 0,
  },
};
const keyDailyLimit = {
  status: 402,
  type: 'insufficient_quota',
  message: 'The daily quota of this API key is used up',
  details: {
    limit_scope: 'key_daily',
    key_name: 'default',
    daily_limit_credits: 50,
    daily_used_credits: 50,
    reset_timezone: 'Asia/Shanghai',
  },
};
const keyState = (message: string) => ({ status: 401, type: 'authentication_error', message });
const content = { status: 400, type: 'invalid_request_error', message: 'The request was refused' };
const input = { status: 400, type: 'invalid_request_error', message: 'Invalid request parameters' };
const modelDown = {
  type: 'api_error',
  message: 'No channel is available for this model, please try again later',
};

/** Refusals of a request by `error.code`. Where the routes differ, this is the create route; `apiError` knows the others. */
export const API_ERRORS: Readonly<Record<string, ApiError>> = {
  // EvoLink's API reference, create and query routes.
  invalid_request: input,
  unauthorized: { status: 401, type: 'authentication_error', message: 'Invalid or expired token' },
  insufficient_quota: balance,
  model_access_denied: {
    status: 403,
    type: 'invalid_request_error',
    message: 'Token does not have access to model: seedance-2.0-text-to-video',
  },
  rate_limit_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    message: 'Too many requests, please try again later',
  },
  internal_error: { status: 500, type: 'api_error', message: 'Internal server error' },
  invalid_task_id: {
    ...input,
    message: 'Task ID must start with task-unified-',
    details: { param: 'task_id' },
  },
  quota_exceeded: { ...balance, message: 'Quota exceeded' },
  permission_denied: {
    status: 403,
    type: 'invalid_request_error',
    message: 'You do not have permission to access this task',
  },
  task_not_found: { status: 404, type: 'invalid_request_error', message: 'Task not found or expired' },
  not_found: { status: 404, type: 'invalid_request_error', message: 'No such route' },
  // Codes that EvoLink's own clients know.
  insufficient_user_quota: balance,
  quota_not_enough: balance,
  account_balance_insufficient: {
    ...balance,
    details: { account_balance_credits: 12.5, estimated_credits: 67.5, action_url: '/dashboard/credits' },
  },
  insufficient_token_quota: keyLimit,
  key_quota_exhausted: keyLimit,
  token_daily_quota_exceeded: keyDailyLimit,
  key_daily_quota_exhausted: keyDailyLimit,
  key_disabled: keyState('This API key is disabled'),
  key_expired: { ...keyState('This API key has expired'), details: { expired_at: '2026-01-01T00:00:00Z' } },
  invalid_token: keyState('Invalid token'),
  user_disabled: { ...keyState('This account is disabled'), status: 403 },
  ip_restricted: { ...keyState('This API key may not be used from this address'), status: 403 },
  key_model_not_allowed: {
    status: 403,
    type: 'invalid_request_error',
    message: 'This API key may not use this model',
    details: { allowed_models: ['seedance-2.0-mini-text-to-video'] },
  },
  content_policy_violation: content,
  content_filter: content,
  sensitive_content: content,
  moderation_blocked: content,
  input_moderation_failed: content,
  invalid_parameter: { ...input, details: { param: 'duration', min: 4, max: 15 } },
  invalid_parameters: input,
  invalid_media_url: { ...input, message: 'A media URL cannot be read' },
  unsupported_parameters: { ...input, message: 'A parameter is not supported by this model' },
  no_available_channel: { ...modelDown, status: 400 },
  model_unavailable: {
    ...modelDown,
    status: 503,
    details: { fallback_suggestion: 'seedance-2.0-fast-text-to-video' },
  },
  channel_selection_failed: { ...modelDown, status: 503 },
  'channel:no_available_key': { ...modelDown, status: 503 },
  service_unavailable: { ...modelDown, status: 503 },
  idempotency_conflict: {
    status: 409,
    type: 'invalid_request_error',
    message: 'Idempotency-Key was already used with a different request',
  },
  paid_outcome_unknown: {
    status: 409,
    type: 'invalid_request_error',
    message: 'The first request with this Idempotency-Key is still being processed',
  },
  request_too_large: { status: 413, type: 'invalid_request_error', message: 'Request body exceeds 64 MB' },
};

/** The query route names another `type` for a 429 than the create route. */
export function apiError(code: string, route: string): ApiError | undefined {
  const error = API_ERRORS[code];
  return error?.status === 429 && route !== 'create' ? { ...error, type: 'evo_api_error' } : error;
}

/** Ends of a task by `error.code`: EvoLink's page of task errors, and codes that its clients have seen. */
export const TASK_ERRORS: Readonly<Record<string, string>> = {
  content_policy_violation: 'The request was refused.\nPlease change the prompt and try again.',
  invalid_parameters: 'A parameter of the request is not valid',
  image_processing_error: 'The image could not be processed',
  image_dimension_mismatch: 'The size of the image does not fit',
  request_cancelled: 'The request was cancelled',
  resource_not_found: 'The task does not exist or has expired',
  generation_failed_no_content: 'The model returned no content',
  service_error: 'The service failed, please try again later',
  generation_timeout: 'The generation took too long',
  resource_exhausted: 'The service has no capacity left',
  quota_exceeded: 'Too many requests at the same time',
  service_unavailable: 'The service is not available',
  unknown_error: 'Unknown error (request id: 2026112210000012345)',
  model_unavailable: 'The model is not available',
  upstream_error: 'The upstream service failed',
  rate_limited: 'Too many requests',
  invalid_audio: 'The audio could not be read',
};

const html = (status: number, body: string) => ({
  answer: { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body },
});

/** Bodies that are not EvoLink's, or not what its reference says, by name. */
export const PRESETS = {
  'html-200': html(
    200,
    '<!DOCTYPE html><html><title>Sign in</title><body>Sign in to the network</body></html>',
  ),
  'html-403': html(
    403,
    '<!DOCTYPE html><html><title>Access denied</title><body>Error code: 1010</body></html>',
  ),
  'html-502': html(502, '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>'),
  'empty-200': { answer: { status: 200, headers: {}, body: '' } },
  'empty-502': { answer: { status: 502, headers: {}, body: '' } },
  'null-200': { answer: { status: 200, headers: {}, body: null } },
  'array-200': { answer: { status: 200, headers: {}, body: [] } },
  'half-json': {
    answer: {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"id":"task-unified-1790000000-',
    },
  },
  'plain-500': {
    answer: { status: 500, headers: { 'content-type': 'text/plain' }, body: 'upstream connect error' },
  },
  'success-false': {
    answer: { status: 200, headers: {}, body: { success: false, message: 'Service is busy', data: null } },
  },
  'numeric-code': {
    answer: {
      status: 401,
      headers: {},
      body: { error: { code: 401, message: 'Invalid or expired token', type: 'authentication_error' } },
    },
  },
  'error-text': { answer: { status: 400, headers: {}, body: { error: 'The request was refused' } } },
  'oauth-error': {
    answer: {
      status: 401,
      headers: {},
      body: { error: 'invalid_token', error_description: 'The token expired' },
    },
  },
} as const;
