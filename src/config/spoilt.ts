/**
 * Whether the schema took something out of this map of a draft. What is missing in it then is missing because of that, and has been
 * told of: nobody else is to complain.
 */
export const isSpoilt = (map: object): boolean => Object.values(map).includes(undefined);
