import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ERROR_KINDS, httpErrorKind, taskErrorKind } from '../../../src/evolink/errors.ts';
import { ANSWER_RULES } from '../../../src/evolink/outcome.ts';
import { buildRequest } from '../../../src/evolink/request.ts';
import { API_ERRORS, PRESETS, TASK_ERRORS } from '../../../src/simulator/faultCatalog.ts';
import { CREATED } from './server.ts';

const rows = readFileSync(new URL('../../../docs/evolink.md', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line.startsWith('| '))
  .map(line => line.split('|').map(cell => cell.trim()));

/** Names in a row's cell, as they stand between backticks. */
function names(cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

function members(value: object): string[] {
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'object' && inner !== null ? members(inner) : [name],
  );
}

describe('the tables of docs/evolink.md', () => {
  it('have a row for every kind of error', () => {
    const kinds = new Set(rows.flatMap(([, cell]) => names(cell)));
    for (const kind of Object.keys(ERROR_KINDS)) assert.ok(kinds.has(kind), kind);
  });

  it('name every code with its kind', () => {
    const codes = [
      ...Object.entries(API_ERRORS).map(([code, { status }]) => [code, httpErrorKind(status, code)] as const),
      ...Object.keys(TASK_ERRORS).map(code => [code, taskErrorKind(code)] as const),
    ];
    // Codes that the simulator made up, which only their status explains.
    const known = codes.filter(([code]) => !['not_found', 'request_too_large'].includes(code));
    for (const [code, kind] of known) {
      const row = rows.find(([, kinds]) => names(kinds).includes(kind));
      const told = names(row?.[2]).some(name =>
        name.endsWith('…') ? code.startsWith(name.slice(0, -1)) : name === code,
      );
      assert.ok(told, `${code}: ${kind}`);
    }
  });

  it('have a row for everything that the answer to a POST can mean', () => {
    const first = new Set(rows.map(([, cell]) => cell));
    for (const { name } of ANSWER_RULES) assert.ok(first.has(name), name);
  });

  it('have every field of a request and of a task', () => {
    const options = { webSearch: true, callbackUrl: 'https://example.com/' };
    const built = buildRequest('a frog', options);
    assert.ok('request' in built);
    const first = rows.map(([, cell]) => cell).join('\n');
    for (const field of [...members(built.request), ...members(CREATED)])
      assert.match(first, new RegExp(`[\`.]${field}\``), field);
  });

  it('tell what each preset of the simulator brings about', () => {
    const last = rows.map(cells => cells.at(-2)).join('\n');
    for (const preset of Object.keys(PRESETS)) assert.ok(last.includes(`\`${preset}\``), preset);
  });
});
