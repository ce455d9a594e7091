import * as v from 'valibot';
import { hostMessage, type HostMessage, type PageMessage } from '../protocol.ts';
import { Requests } from '../requests.ts';
import { element } from './dom.ts';
import { adaptTemplates, translate } from './elements.ts';
import { PageMemory } from './memory.ts';
import { Player } from './player.ts';
import './player.css';
import { decodesAac } from './probe.ts';

const vscode = acquireVsCodeApi();
const post = (message: PageMessage): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- VS Code's own function, not a window's
  vscode.postMessage(message);
};
const requests = new Requests(post);
const memory = new PageMemory(vscode);
const probe = decodesAac();
let player: Player | undefined;

adaptTemplates(document.currentScript?.nonce ?? '');
void probe.then(decodes => post({ type: 'aac', decodes }));
window.addEventListener('message', event => {
  const parsed = v.safeParse(hostMessage, event.data);
  if (parsed.success) receive(parsed.output);
  else
    post({ type: 'log', text: `a malformed message was dropped: ${parsed.issues[0].message.slice(0, 200)}` });
});
window.addEventListener('pagehide', () => {
  requests.dispose();
  player?.dispose();
});
if (memory.unconfirmed) post({ type: 'preferences', preferences: memory.unconfirmed });
post({ type: 'ready', page: memory.id });

function receive(message: HostMessage): void {
  switch (message.type) {
    case 'open':
      if (player) return;
      document.body.replaceChildren();
      translate(message.strings, document.documentElement.lang);
      player = new Player(message, { memory, requests, post, decodesAac: probe });
      break;
    case 'media':
      player?.replaceMedia(message.media);
      break;
    case 'gone':
      if (player) player.showGone(message.text);
      else document.body.replaceChildren(element('p', { id: 'problem', role: 'alert' }, message.text));
      break;
    case 'story':
      player?.showStory(message.story);
      break;
    case 'kept':
      memory.confirm(message.preferences);
      break;
    case 'answer':
    case 'refusal':
      requests.receive(message);
      break;
  }
}
