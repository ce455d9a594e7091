import type { Fault } from '../../src/simulator/faults.ts';

/** Every way in which a request can go wrong that leaves the task's end as it is. */
const FAULTS: readonly Fault[] = [
  { on: 'create', error: 'rate_limit_exceeded', times: 2 },
  { on: 'create', error: 'no_available_channel' },
  { on: 'create', cut: true },
  { on: 'create', cut: true, processed: true },
  { on: 'create', preset: 'html-502' },
  { on: 'create', preset: 'empty-502', processed: true },
  { on: 'create', preset: 'half-json', processed: true },
  { on: 'create', delay: 1, processed: true },
  { on: 'query', error: 'internal_error', times: 3 },
  { on: 'query', error: 'rate_limit_exceeded' },
  { on: 'query', cut: true },
  { on: 'query', preset: 'html-200' },
  { on: 'query', preset: 'plain-500' },
  { on: 'query', results: 'empty' },
  { on: 'query', results: 'output' },
  { on: 'batch', preset: 'html-502' },
  { on: 'batch', cut: true },
  { on: 'batch', delay: 1 },
  { on: 'list', error: 'internal_error' },
  { on: 'file', cutAt: 100_000 },
  { on: 'file', cutAt: 0 },
  { on: 'file', preset: 'html-200' },
  { on: 'file', preset: 'plain-500' },
  { on: 'file', stallAt: 200_000, stallFor: 0.5 },
  { on: 'file', chunked: true },
];

/** Some faults at random, for the life of one process. */
export function randomFaults(): readonly Fault[] {
  return Array.from({ length: 3 }, () => FAULTS[Math.floor(Math.random() * FAULTS.length)]!);
}
