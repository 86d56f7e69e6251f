/** A config as the schema allows it. Generated from schemas/test-config.schema.json by `npm run generate`. */

type Vars = {
  [k: string]: string | number | boolean | null;
} | null;
type Matrix = {
  [k: string]: (string | number | boolean | null)[];
} | null;
type Timeout = {
  startup?: Seconds;
  shutdown?: Seconds;
} | null;
type Seconds = number;
type Port = number;
type Image = string;
export type Environment =
  | {
      [k: string]: string | number | boolean | null;
    }
  | string[]
  | null;
type Tag = string;
type Demands =
  | {
      peer?: string;
      peers?: string | string[];
      count?: number;
      status?: string;
      log?: string;
      exit?: number;
      from?: Seconds;
      by?: Seconds;
      within?: Seconds;
      for?: Seconds;
      never?: boolean;
    }
  | Expect[];

export interface TestConfig {
  name: string;
  vars?: Vars;
  matrix?: Matrix;
  timeout?: Timeout;
  redis: Redis;
  images?: Image[] | null;
  remove_images?: boolean;
  peer_environment?: Environment;
  hosts: Host[] | null;
  peers: Peer[] | null;
  commands: Command[] | null;
  expect?: Expect[] | null;
  log_level?: 'error' | 'warn' | 'info' | 'debug' | 'trace';
}
export interface Redis {
  port: Port;
  image?: Image;
  runtime?: 'docker' | 'process';
  advertise?: string;
  auth?: 'generated' | 'none';
}
export interface Host {
  address: string;
  name?: string;
  connection?: 'ssh' | 'local';
  ssh_user?: string;
  ssh_auth?: string;
  ssh_port?: Port;
  host_key?: string;
  runtime?: 'docker' | 'process';
  docker_host?: string;
  base_port?: Port;
  tags?: Tag[] | null;
}
export interface Peer {
  name: string;
  replicas?: number;
  image?: Image;
  command?: string | string[];
  bootstrap?: string[] | null;
  environment?: Environment;
  runs_on?: string | Tag[] | null;
  ports?: (number | string)[] | null;
  volumes?: string[] | null;
  memory?: number | string;
  cpus?: number;
}
export interface Command {
  time?: Seconds;
  after?: number | string;
  when?: Demands;
  within?: Seconds;
  id?: string;
  peer: string;
  command: string;
  repeat?: Repeat;
  expect?: Demands;
}
export interface Expect {
  peer?: string;
  peers?: string | string[];
  count?: number;
  status?: string;
  log?: string;
  exit?: number;
  from?: Seconds;
  by?: Seconds;
  within?: Seconds;
  for?: Seconds;
  never?: boolean;
}
interface Repeat {
  every: number;
  until: Seconds;
}
