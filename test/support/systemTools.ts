import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from './processes.ts';

/** Programs that tests need and npm can't bring. */
export type Tool = 'chromium' | 'ffmpeg';

/** A program is missing and may not be installed from here. The message says what to type. */
export class ToolMissing extends Error {
  readonly kind = 'toolMissing';
}

/** Environment variable that names the executable, instead of all search. */
const override: Record<Tool, string> = { chromium: 'CHROMIUM_PATH', ffmpeg: 'FFMPEG_PATH' };

const names: Record<Tool, readonly string[]> = {
  chromium: [
    'chromium',
    'google-chrome-stable',
    'google-chrome',
    'microsoft-edge-stable',
    'microsoft-edge',
    'chrome',
  ],
  ffmpeg: ['ffmpeg'],
};

/** Where installers put browsers on systems on which they are not on PATH. */
function usualPlaces(tool: Tool): string[] {
  if (tool !== 'chromium') return [];
  if (process.platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
    return apps.map(app => `/Applications/${app}.app/Contents/MacOS/${app}`);
  }
  if (process.platform === 'win32') {
    const roots = [
      process.env['PROGRAMFILES'],
      process.env['PROGRAMFILES(X86)'],
      process.env['LOCALAPPDATA'],
    ];
    const programs = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];
    return roots.flatMap(root => (root ? programs.map(program => path.join(root, program)) : []));
  }
  return ['/opt/google/chrome/chrome', '/usr/lib/chromium/chromium', '/usr/lib/chromium-browser/chromium'];
}

/** The executable of a tool, or undefined when it is not installed. Browsers: any Chromium, Chrome or Edge. */
export function findTool(tool: Tool): string | undefined {
  const named = process.env[override[tool]];
  if (named) {
    if (!existsSync(named)) {
      throw new ToolMissing(`${override[tool]} names ${named}, which does not exist: correct or unset it.`);
    }
    return named;
  }
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const onPath = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter(folder => folder !== '')
    .flatMap(folder => names[tool].map(name => path.join(folder, name + suffix)));
  return [...onPath, ...usualPlaces(tool)].find(file => existsSync(file) && !isSnapStub(file));
}

/** One at a time: two apt-get would fight for its lock. */
let installing: Promise<unknown> = Promise.resolve();

/**
 * Finds a tool, or installs it by apt where that is allowed without asking (root on Debian).
 * @returns the path of its executable
 * @throws ToolMissing with one sentence that says what to type
 */
export async function ensureTool(tool: Tool, print: (line: string) => void = console.log): Promise<string> {
  const turn = installing.then(() => findTool(tool) ?? install(tool, print));
  installing = turn.catch(() => {});
  return turn;
}

async function install(tool: Tool, print: (line: string) => void): Promise<string> {
  const missing = new ToolMissing(whatToType(tool, process.platform, linuxDistribution()));
  if (linuxDistribution() !== 'debian' || process.getuid?.() !== 0) throw missing;
  print(`[${tool}] is not installed: apt-get installs it`);
  const started = Date.now();
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]) =>
    runCommand('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], { env });
  try {
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', tool);
  } catch (error) {
    throw new ToolMissing(`${missing.message} (apt-get failed here: ${String(error).slice(0, 500)})`);
  }
  print(`[${tool}] is installed (${((Date.now() - started) / 1000).toFixed(0)} s)`);
  const found = findTool(tool);
  if (!found) throw missing;
  return found;
}

/** The sentence for a person whose machine lacks the tool. */
export function whatToType(tool: Tool, platform: NodeJS.Platform, distribution: string | undefined): string {
  const what = tool === 'chromium' ? 'Chrome, Chromium or Edge' : tool;
  const orName = `, or set ${override[tool]} to its executable`;
  const browser = tool === 'chromium';
  let command: string;
  if (platform === 'darwin') command = browser ? 'brew install --cask google-chrome' : 'brew install ffmpeg';
  else if (platform === 'win32') command = `winget install ${browser ? 'Google.Chrome' : 'Gyan.FFmpeg'}`;
  else if (distribution === 'ubuntu' && browser) {
    const deb = 'google-chrome-stable_current_amd64.deb';
    command = `wget https://dl.google.com/linux/direct/${deb} && sudo apt-get install ./${deb}`;
  } else if (distribution === 'fedora') command = `sudo dnf install ${browser ? 'chromium' : 'ffmpeg-free'}`;
  else if (distribution === 'arch') command = `sudo pacman -S ${tool}`;
  else command = `sudo apt-get update && sudo apt-get install ${tool}`;
  return `${what} is needed and was not found: type "${command}"${orName}.`;
}

function linuxDistribution(): string | undefined {
  try {
    return /^ID="?([a-z]+)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

/** Ubuntu's package chromium is a script that starts snap, whose browser can't read /tmp or be driven from here. */
function isSnapStub(file: string): boolean {
  if (process.platform !== 'linux' || linuxDistribution() !== 'ubuntu') return false;
  const start = readFileSync(file).subarray(0, 4096).toString('latin1');
  return start.startsWith('#!') && start.includes('snap');
}
