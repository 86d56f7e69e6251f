import type { VolumeSpec } from '../model/spec.ts';

const VOLUME_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Reads `source:target` or `source:target:ro`; gives what is wrong as a sentence, with what to write instead. */
export function readVolume(written: string): VolumeSpec | { readonly malformed: string; readonly suggestion?: string } {
  const [source = '', target = '', mode = 'rw'] = written.split(':');
  if (!source.startsWith('/') && !source.startsWith('~/') && source !== '~' && !VOLUME_NAME.test(source)) {
    return {
      malformed: `"${source}" is no path that means the same on every host`,
      suggestion: 'begin it with / or ~/, or give the name of a volume',
    };
  }
  if (!target.startsWith('/')) {
    return { malformed: `"${target}" is no absolute path in the container`, suggestion: `write ${source}:/${target}` };
  }
  const normal = target.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');
  if (normal === '/')
    return { malformed: 'nothing can be mounted over the whole container', suggestion: 'mount it lower' };
  if (normal === '/config') {
    return { malformed: '/config is where tm mounts the directory of the peer', suggestion: 'choose another target' };
  }
  return { source, target: normal, readOnly: mode === 'ro' };
}
