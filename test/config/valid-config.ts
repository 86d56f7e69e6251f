/** A config as the Rust tool's users have them, for tests to read and to spoil. */
export const VALID = `name: smoke-5peer
timeout:
  startup: 90
  shutdown: 20
redis:
  port: 6399
  image: "redis:7-alpine"
images:
  - ghcr.io/acme/node:1.4
remove_images: false
peer_environment:
  RUST_LOG: info
hosts:
  - address: 10.0.0.5
    name: garage
    ssh_user: test
    ssh_auth: agent
    base_port: 11984
    tags: [arm, eu]
  - address: 203.0.113.7
    ssh_user: root
    ssh_auth: ~/.ssh/id_ed25519
    base_port: 12000
    tags:
      - x86
peers:
  - name: alice
    image: ghcr.io/acme/node:1.4
    environment:
      ROLE: relay
    runs_on: arm
  - name: bob
    image: ghcr.io/acme/node:1.4
    bootstrap: [alice]
    environment:
      - ROLE=leaf
      - "EMPTY="
    runs_on: [arm, eu]
  - { name: charlie, image: 'ghcr.io/acme/node:1.4', bootstrap: [alice, bob] }
commands:
  - { time: 0, peer: alice, command: connect }
  - { time: 0, peer: bob, command: connect }
  # sent to everybody who listens
  - time: 10
    peer: alice
    command: "push|bob|hello: \\"you\\""
  - time: 25.5
    peer: charlie
    command: restart|5
log_level: debug
`;

/** The same with expectations, and with commands that wait. */
export const WAITING = `${VALID}expect:
  - { peer: bob, status: connected, by: 15 }
  - { peer: bob, log: /pan(ic|k)/i, from: 10, by: 20, never: true }
  - { peers: ["b*", alice], count: 2, status: connected, for: 3 }
  - { peer: "tag:arm", exit: 0 }
`.replace(
  'commands:\n',
  `commands:
  - { time: 1, peer: "*", command: hello, id: first, expect: { status: connected, within: 5 } }
  - { after: first +0.5, peer: b*, command: pull, id: second, expect: [{ peer: "*", log: x }, { exit: 3, never: true }] }
  - { when: [{ peer: bob, status: up, for: 2 }, { peer: alice, log: /y/, from: 3 }], within: 9, peer: bob, command: z }
  - { after: +3, peer: charlie, command: last, id: third }
`,
);
