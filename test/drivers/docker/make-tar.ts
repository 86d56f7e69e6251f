/** A file (or link) of a tar that is made for a test. */
export interface TarFile {
  readonly name: string;
  readonly content?: Buffer | string;
  /** Default `0`, a file. */
  readonly type?: string;
}

/** A tar in the old ustar form, with the two blocks of zeros that end it. */
export function makeTar(files: readonly TarFile[]): Buffer {
  return Buffer.concat([...files.map(entry), Buffer.alloc(1024)]);
}

/** Header, content, and the zeros that fill its last block. */
export function entry({ name, content = '', type = '0' }: TarFile): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}
