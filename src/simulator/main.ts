// `npm run simulator`: the local EvoLink on its own.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CONTROL_HELP, controlled } from './control.ts';
import { Faults } from './faults.ts';
import { startSimulator, type SimulatorOptions } from './server.ts';

const HELP = `Usage: npm run simulator -- [options]

A local EvoLink for Seedance 2.0. It speaks the HTTP contract of EvoLink's video API on 127.0.0.1, makes every video from
one demo clip, and costs nothing. It prints one line of JSON, {"url": …, "key": …}, and serves until SIGINT or SIGTERM.

Options
  --port N         TCP port on 127.0.0.1; 0 (default) takes a free one
  --speed N        how many times faster than EvoLink's own estimate a video is done (default 1)
  --key KEY        the API key that is accepted (default: a random one)
  --credits N      credits of the account (default 1000)
  --help           this text

${CONTROL_HELP}`;

const media = join(import.meta.dirname, '../../media/demo');

try {
  const options = readOptions();
  if (options === 'help') {
    console.log(HELP);
  } else {
    const simulator = await startSimulator(options);
    console.log(JSON.stringify({ url: simulator.url, key: simulator.key }));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

function readOptions(): SimulatorOptions | 'help' {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      speed: { type: 'string', default: '1' },
      key: { type: 'string' },
      credits: { type: 'string', default: '1000' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  // No header could carry it, so that every request would be refused.
  if (values.key !== undefined && !/^[!-~]+$/.test(values.key))
    throw new Error(`--key ${values.key}: not possible`);
  return {
    port: number('port', values.port, port => Number.isInteger(port) && port >= 0 && port < 65_536),
    speed: number('speed', values.speed, speed => speed > 0),
    credits: number('credits', values.credits, () => true),
    clip: join(media, 'clip.mp4'),
    silentClip: join(media, 'clip-silent.mp4'),
    intercept: controlled(new Faults()),
    ...(values.key !== undefined && { key: values.key }),
  };
}

function number(name: string, text: string, allowed: (value: number) => boolean): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || !allowed(value))
    throw new Error(`--${name} ${text}: not possible`);
  return value;
}
