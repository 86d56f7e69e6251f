import { Secret } from '../lib/secret.ts';

/** The password in a URL, as the URL has it; undefined where there is no URL. */
export function passwordOf(url: Secret | undefined): Secret | undefined {
  const text = url?.reveal();
  return text === undefined || !URL.canParse(text) ? undefined : new Secret(new URL(text).password);
}
