import { describe, expect, test } from 'vitest';
import { redactConfig } from '../../src/config/redact-config.ts';
import { loadText } from './load-text.ts';
import { VALID } from './valid-config.ts';

const SECRETS = `# DB_PASSWORD: hunter2 was the old one
name: smoke # api-token: hunter2
vars:
  api_token: hunter2
  from_outside_token: \${{ env.TOKEN }}
  size: 9
redis: { port: 6399, image: "redis:7", auth: generated }
peer_environment:
  DB_PASSWORD: "hunter2"
  LONG_SECRET: |
    hunter2
    hunter2
  EMPTY_TOKEN:
  DATABASE_URL: postgres://user:hunter2@db/test
  MODE: plain
hosts:
  - { address: 10.0.0.5, ssh_user: test, ssh_auth: agent }
peers:
  - name: alice
    image: ghcr.io/acme/node:1.4
    environment: [API_KEY=hunter2, "ODD_KEY=a b", 'MY_SECRET=hun ter2 # no comment']
    command: ["./peer", "--password=hunter2", "--fast"]
  - name: bob
    image: ghcr.io/acme/node:1.4
    command: ./peer --token=hunter2 --password=$OTHER
commands:
  - { time: 1, peer: alice, command: connect }
`;

describe('a config for the evidence', () => {
  test('has no secrets, and all else as it was written', async () => {
    expect(await redactConfig(SECRETS)).toMatchInlineSnapshot(`
      "# DB_PASSWORD: [redacted]
      name: smoke # api-token: [redacted]
      vars:
        api_token: "[redacted]"
        from_outside_token: \${{ env.TOKEN }}
        size: 9
      redis: { port: 6399, image: "redis:7", auth: generated }
      peer_environment:
        DB_PASSWORD: "[redacted]"
        LONG_SECRET: "[redacted]"
        EMPTY_TOKEN:
        DATABASE_URL: postgres://user:[redacted]@db/test
        MODE: plain
      hosts:
        - { address: 10.0.0.5, ssh_user: test, ssh_auth: agent }
      peers:
        - name: alice
          image: ghcr.io/acme/node:1.4
          environment: ["API_KEY=[redacted]", "ODD_KEY=a b", "MY_SECRET=[redacted]"]
          command: ["./peer", "--password=[redacted]", "--fast"]
        - name: bob
          image: ghcr.io/acme/node:1.4
          command: ./peer --token=[redacted] --password=$OTHER
      commands:
        - { time: 1, peer: alice, command: connect }
      "
    `);
  });

  test('is still valid, and says the same but for the secrets', async () => {
    const loaded = await loadText(await redactConfig(SECRETS), { environment: { TOKEN: 'x' } });
    expect(loaded.faults.filter(({ severity }) => severity === 'error')).toEqual([]);
    const [alice, bob] = loaded.spec?.peers ?? [];
    expect(alice?.environment).toMatchObject({
      DB_PASSWORD: '[redacted]',
      LONG_SECRET: expect.stringContaining('[redacted]'),
      MODE: 'plain',
      API_KEY: '[redacted]',
    });
    expect(bob?.command).toEqual(['./peer', '--token=[redacted]', '--password=$OTHER']);
  });

  test('without secrets is the text itself', async () => {
    expect(await redactConfig(VALID)).toBe(VALID);
  });

  test('follows an alias to where the secret stands, and hides all below a key', async () => {
    const text = 'x-a: &one hunter2\nx-b:\n  password: *one\n  secrets: { a: hunter2, b: [hunter2, 7] }\n';
    const redacted = await redactConfig(text);
    expect(redacted).toBe(
      'x-a: &one "[redacted]"\nx-b:\n  password: *one\n  secrets: { a: "[redacted]", b: ["[redacted]", "[redacted]"] }\n',
    );
  });

  test('that is no YAML loses what is named like a secret all the same', async () => {
    expect(await redactConfig('a: [\n# token: x\nPASSWORD=x y')).toBe(
      'a: [\n# token: [redacted]\nPASSWORD=[redacted] y',
    );
  });
});
