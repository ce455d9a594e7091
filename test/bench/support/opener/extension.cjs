// Plain JavaScript: it is started from here by VS Code, without a build.
const { createServer } = require('node:http');
const { text } = require('node:stream/consumers');
const vscode = require('vscode');

/** Takes `{ command, file?, rest? }` by POST on the port of the environment; answers with the time at which it was run. */
exports.activate = context => {
  const server = createServer(async (request, response) => {
    const { command, file, rest = [] } = JSON.parse(await text(request));
    const startedAt = Date.now();
    const done = vscode.commands.executeCommand(command, ...(file ? [vscode.Uri.file(file)] : []), ...rest);
    await Promise.race([done, new Promise(resolve => setTimeout(resolve, 100))]);
    response.end(String(startedAt));
  });
  server.listen(Number(process.env.SEEDANCE_BENCH_PORT), '127.0.0.1');
  context.subscriptions.push({ dispose: () => server.close() });
};
