// Plain JavaScript: it is started from here by VS Code, without a build.
const vscode = require('vscode');

exports.activate = context => {
  const { window } = vscode;
  const log = window.createOutputChannel('Probe', { log: true });
  log.error('a line for the log');
  const commands = {
    'probe.keep': async () => {
      const secret = await window.showInputBox({ prompt: 'What shall be kept?', password: true });
      if (secret) await context.secrets.store('probe', secret);
      void window.showInformationMessage('Kept.');
    },
    'probe.tell': async () => {
      void window.showInformationMessage(`The secret is ${await context.secrets.get('probe')}.`);
    },
    'probe.ask': async () => {
      const answer = await window.showWarningMessage('Go on?', { modal: true }, 'Go on');
      void window.showInformationMessage(`The answer is ${answer}.`);
    },
    'probe.choose': async () => {
      const picked = await window.showQuickPick(['red', 'green', 'blue'], { placeHolder: 'Which colour?' });
      const again = await window.showInformationMessage(`It is ${picked}.`, 'Again', 'Never');
      if (again) void window.showInformationMessage(`Pressed ${again}.`);
    },
    'probe.show': () => {
      const panel = window.createWebviewPanel('probe', 'Probe Page', vscode.ViewColumn.Active);
      panel.webview.html = '<!doctype html><p id="words">words in a page</p>';
    },
    'probe.greet': item =>
      void window.showInformationMessage(`Hello ${item?.label ?? 'editor'} in ${vscode.env.language}.`),
  };
  for (const [name, run] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(name, run));
  }
  window.registerTreeDataProvider('probe.tree', {
    getChildren: () => [{ label: 'first leaf', description: 'green' }, { label: 'second leaf' }],
    getTreeItem: item => item,
  });
};
