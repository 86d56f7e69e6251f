/** An image's name in its parts, as registries and engines want them. */
export interface ImageName {
  /** `docker.io`, `ghcr.io`, `localhost:5000`, … */
  readonly registry: string;
  /** Everything before tag and digest, as it was written. */
  readonly repository: string;
  /** `latest` where none was written; missing where a digest is given. */
  readonly tag?: string;
  /** `sha256:…` */
  readonly digest?: string;
}

/** Takes `[registry/]repository[:tag][@digest]` apart. */
export function parseImageName(ref: string): ImageName {
  const [name = '', digest] = ref.split('@');
  const slash = name.lastIndexOf('/');
  const colon = name.lastIndexOf(':');
  const hasTag = colon > slash;
  const repository = hasTag ? name.slice(0, colon) : name;
  const [first = '', ...more] = repository.split('/');
  // The same rule as Docker's: a first part that could be a machine is one.
  const isRegistry = more.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return {
    registry: isRegistry ? first : 'docker.io',
    repository,
    ...(digest === undefined ? { tag: hasTag ? name.slice(colon + 1) : 'latest' } : { digest }),
  };
}

/** A name as part of an API path. */
export const imagePath = (ref: string): string =>
  encodeURIComponent(ref).replaceAll('%2F', '/').replaceAll('%3A', ':').replaceAll('%40', '@');
