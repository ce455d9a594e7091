import assert from 'node:assert/strict';
import { isPrivate } from '../../../src/prompt/privateText.ts';

const isPrivateFile = (name: string): boolean => isPrivate({ scheme: 'file', name, languageId: 'plaintext' });

describe('a plain text', () => {
  for (const name of [
    '.env',
    '.env.local',
    'prod.env.local',
    'docker.env.example',
    'server.log',
    'app.log.1',
    'app.log.old',
    'access_log',
    'error_log',
    'syslog',
    'nohup.out',
    'catalina.out',
    '.bash_history',
    '.my.cnf',
    'id_rsa',
    'id_rsa.bak',
    'server.pem',
  ])
    it(`is private by its name: ${name}`, () => assert(isPrivateFile(name)));

  for (const name of [
    'story.txt',
    'environment.txt',
    'blog.md',
    'my.login.txt',
    'history.txt',
    'checkout.md',
    'changelog.md',
  ])
    it(`is prose: ${name}`, () => assert(!isPrivateFile(name)));
});
