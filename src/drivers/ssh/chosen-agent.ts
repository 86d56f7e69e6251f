import ssh2, { type IdentityCallback, type ParsedKey, type SignCallback, type SigningRequestOptions } from 'ssh2';

/** Keys of the user's agent that may be shown to one server: others would use up the attempts that a server allows. */
export class ChosenAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #agent: InstanceType<typeof ssh2.OpenSSHAgent>;
  readonly keys: readonly ParsedKey[];

  private constructor(agent: InstanceType<typeof ssh2.OpenSSHAgent>, keys: readonly ParsedKey[]) {
    super();
    this.#agent = agent;
    this.keys = keys;
  }

  /**
   * Those of the agent at `socket` whose public half is in `files`, then the others unless `onlyFiles`.
   * Throws where the agent does not answer.
   */
  static async at(socket: string, files: readonly Buffer[], onlyFiles: boolean): Promise<ChosenAgent> {
    const agent = new ssh2.OpenSSHAgent(socket);
    const all = await new Promise<readonly ParsedKey[]>((resolve, reject) => {
      agent.getIdentities((error, keys) => (error ? reject(error) : resolve((keys ?? []) as ParsedKey[])));
    });
    const isInFiles = (key: ParsedKey) => files.some((file) => file.equals(key.getPublicSSH()));
    const others = onlyFiles ? [] : all.filter((key) => !isInFiles(key));
    return new ChosenAgent(agent, [...all.filter(isInFiles), ...others]);
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    done(undefined, [...this.keys]);
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    if (typeof options === 'function') this.#agent.sign(key, data, options);
    else this.#agent.sign(key, data, options, done);
  }
}
