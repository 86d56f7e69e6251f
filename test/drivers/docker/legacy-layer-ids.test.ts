import { describe, expect, test } from 'vitest';
import { LegacyLayerIds } from '../../../src/drivers/docker/legacy-layer-ids.ts';

// From a `docker save` of Docker 20.10.24, of an image that its own builder made.
const layers = [
  'sha256:28c06f99d0cded9f59284ab9aa912faf51f19c977b492e03cd53f6821745714c',
  'sha256:85c6448608a437c8f0083033efee64d2c071d7d27a40b32a3c82ed032edb3b87',
  'sha256:e51a4925bd996edd6ddb6df03ae023483e93fdd8be73c4357ec92672952700fc',
  'sha256:bcd329c2c6e16b1a8328463920ce27783d129a6d161aba9b278535fbac2737a4',
];
const directories = [
  '6ea97455cfa2f0383f97679c67cf315b1430d2e974a7d386914db59b82b55b72',
  '1f2f61e09cf3492bec9b449e482946c8d233c6ac336c84233eec2fb8ebe93134',
  '157cb969b47995b4b14ad9e2ccf084fa096345e32790e7e5ab94d46477757e88',
  '7c8e6a3ee905e500a4338a9df9b33dda741c5585395fd0cf50704f665fd1b024',
] as const;
const nothing =
  '{"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":null,"Cmd":null,"Image":"","Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":null}';
const inner = (at: number) => {
  const parent = at === 0 ? '' : `"parent":"${directories[at - 1]}",`;
  return `{"id":"${directories[at]}",${parent}"created":"1970-01-01T00:00:00Z","container_config":${nothing},"os":"linux"}`;
};
const top = String.raw`{"id":"7c8e6a3ee905e500a4338a9df9b33dda741c5585395fd0cf50704f665fd1b024","parent":"157cb969b47995b4b14ad9e2ccf084fa096345e32790e7e5ab94d46477757e88","created":"2026-11-23T15:06:14.922654949Z","container":"df74e82efd471a0519a429d24a15aac6ffd340b7ad6696c8c17c3e0735137758","container_config":{"Hostname":"df74e82efd47","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","A=1"],"Cmd":["/bin/sh","-c","#(nop) ","LABEL x=\u003ca\u0026b\u003e"],"Image":"sha256:b5f512c8263cd4ac249b0fe4301a067b780b8b6ab557df22a10fa70353b7a7bb","Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":{"x":"\u003ca\u0026b\u003e"}},"docker_version":"20.10.24+dfsg1","config":{"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","A=1"],"Cmd":["sh"],"Image":"sha256:b5f512c8263cd4ac249b0fe4301a067b780b8b6ab557df22a10fa70353b7a7bb","Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":{"x":"\u003ca\u0026b\u003e"}},"architecture":"amd64","os":"linux"}`;

const positions = (ids: LegacyLayerIds) => directories.map((directory) => ids.position(directory));

describe('the directories of an old docker save', () => {
  test.each([0, 1, 2])('are all known but the last from the json of number %i', (at) => {
    const ids = new LegacyLayerIds(layers);
    expect(positions(ids)).toEqual([undefined, undefined, undefined, undefined]);
    ids.learn(directories[at]!, inner(at));
    expect(positions(ids)).toEqual([0, 1, 2, undefined]);
  });

  test('the last is known from its own json, with the characters that Go escapes', () => {
    const ids = new LegacyLayerIds(layers);
    ids.learn(directories[3], top);
    expect(positions(ids)).toEqual([undefined, undefined, undefined, 3]);
  });

  test('nothing is claimed where names do not come out', () => {
    const ids = new LegacyLayerIds(layers);
    ids.learn(directories[0], inner(0).replace('1970', '1971'));
    ids.learn(directories[3], top.replace('A=1', 'A=2'));
    ids.learn(directories[2], 'no json');
    expect(positions(ids)).toEqual([undefined, undefined, undefined, undefined]);
    const other = new LegacyLayerIds([layers[1]!, layers[0]!]);
    other.learn(directories[0], inner(0));
    expect(positions(other)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('a layer in the middle of an image is at its position in a longer one too', () => {
    const ids = new LegacyLayerIds([...layers.slice(0, 3), 'sha256:new', 'sha256:newer']);
    ids.learn(directories[2], inner(2));
    expect(positions(ids)).toEqual([0, 1, 2, undefined]);
  });
});
