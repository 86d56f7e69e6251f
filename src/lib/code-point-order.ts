/** Orders strings by code point, whatever the locale: the order that placement and plans are defined in. */
export function byCodePoint(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = (left[i] ?? '').codePointAt(0)! - (right[i] ?? '').codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
