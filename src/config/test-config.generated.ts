/** A config as the schema allows it. Generated from schemas/test-config.schema.json by `npm run generate`. */

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

export interface TestConfig {
  name: string;
  timeout?: Timeout;
  redis: Redis;
  images?: Image[] | null;
  remove_images?: boolean;
  peer_environment?: Environment;
  hosts: Host[] | null;
  peers: Peer[] | null;
  commands: Command[] | null;
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
interface Command {
  time: Seconds;
  peer: string;
  command: string;
}
