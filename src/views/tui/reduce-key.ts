/** What keys do to the screen: pure, so that any sequence of them can be tried. */
import { LOG_LEVELS } from '../../model/wire.ts';
import type { Key, NamedKey } from './keys.ts';
import { moveIn } from './move.ts';
import type { PaneId } from './pane-id.ts';
import type { Scene } from './scene.ts';
import type { LogState, TuiState } from './tui-state.ts';

/** What a key wants of the world outside of the screen. */
export type Wish = 'stop' | 'interrupt' | 'redraw';

export interface Reaction {
  readonly state: TuiState;
  readonly wish?: Wish;
}

/** No one types more than this into a filter. */
const LONGEST_FILTER = 120;

/** The screen after a key. */
export function reduceKey(state: TuiState, key: Key, scene: Scene): Reaction {
  const name = key.kind === 'named' ? key.name : undefined;
  if (name === 'interrupt') return { state, wish: 'interrupt' };
  if (name === 'redraw') return { state, wish: 'redraw' };
  if (state.typing) return { state: typeKey(state, key) };
  if (key.kind === 'text') return letter(state, key.text, scene);
  return { state: named(state, key.name, scene) };
}

function letter(state: TuiState, text: string, scene: Scene): Reaction {
  switch (text) {
    case 'q':
      return { state, wish: 'stop' };
    case '?':
    case 'h':
      return { state: overlaid(state, 'help') };
    case 'n':
      return { state: overlaid(state, 'notices') };
    case '/':
      return { state: { ...toLog(state), typing: true } };
    case 'l': {
      const next = LOG_LEVELS[(LOG_LEVELS.indexOf(state.log.level) + 1) % LOG_LEVELS.length];
      return { state: filtered(state, { level: next ?? state.log.level }) };
    }
    case 'z':
      return { state: { ...state, zoomed: !state.zoomed } };
    case 'f':
      return { state: follow(state, scene) };
    case 'k':
      return { state: moveIn(state, 'up', scene) };
    case 'j':
      return { state: moveIn(state, 'down', scene) };
    case 'g':
      return { state: moveIn(state, 'home', scene) };
    case 'G':
      return { state: moveIn(state, 'end', scene) };
    case ' ':
      return { state: moveIn(state, 'page-down', scene) };
    default: {
      const level = /^[1-5]$/.test(text) ? LOG_LEVELS[Number(text) - 1] : undefined;
      return { state: level === undefined ? state : filtered(state, { level }) };
    }
  }
}

function named(state: TuiState, name: NamedKey, scene: Scene): TuiState {
  switch (name) {
    case 'tab':
      return { ...without(state, 'overlay'), focus: neighbour(state.focus, 1, scene) };
    case 'back-tab':
      return { ...without(state, 'overlay'), focus: neighbour(state.focus, -1, scene) };
    case 'escape':
      return backOut(state);
    case 'enter':
      return enter(state, scene);
    case 'left':
    case 'right': {
      const moved = moveIn(state, name, scene);
      // What has nothing to its side gives the key to its neighbour.
      return moved === state && state.overlay === undefined
        ? { ...state, focus: neighbour(state.focus, name === 'left' ? -1 : 1, scene) }
        : moved;
    }
    case 'up':
    case 'down':
    case 'page-up':
    case 'page-down':
    case 'home':
    case 'end':
      return moveIn(state, name, scene);
    default:
      return state;
  }
}

function typeKey(state: TuiState, key: Key): TuiState {
  const { text } = state.log;
  if (key.kind === 'text') return filtered(state, { text: (text + key.text).slice(0, LONGEST_FILTER) });
  switch (key.name) {
    case 'enter':
      return { ...state, typing: false };
    case 'escape':
      return { ...filtered(state, { text: '' }), typing: false };
    case 'backspace':
      return filtered(state, { text: [...text].slice(0, -1).join('') });
    case 'clear-line':
      return filtered(state, { text: '' });
    default:
      return state;
  }
}

/** First what covers the panes goes, then the filters, then what was scrolled follows again. */
function backOut(state: TuiState): TuiState {
  if (state.overlay !== undefined) return without(state, 'overlay');
  if (state.log.text !== '' || state.log.peer !== '') return filtered(state, { text: '', peer: '' });
  return { ...state, tops: {}, zoomed: false, log: { ...unpinned(state.log), shift: 0 } };
}

function enter(state: TuiState, scene: Scene): TuiState {
  if (state.overlay !== undefined) return without(state, 'overlay');
  if (state.focus !== 'peers') return { ...state, zoomed: !state.zoomed };
  const peer = scene.grid.peers[state.cursor];
  return peer === undefined ? state : filtered(state, { peer: state.log.peer === peer ? '' : peer });
}

function follow(state: TuiState, scene: Scene): TuiState {
  if (state.focus === 'peers' || state.focus === 'log') {
    const { log } = state;
    return { ...state, log: log.end === undefined ? { ...log, end: scene.log.end } : unpinned(log) };
  }
  const { [state.focus]: _, ...tops } = state.tops;
  return { ...state, tops };
}

/** A new filter shows its newest lines. */
function filtered(state: TuiState, change: Partial<Pick<LogState, 'level' | 'peer' | 'text'>>): TuiState {
  return { ...state, log: { ...unpinned(state.log), ...change } };
}

function unpinned(log: LogState): LogState {
  const { end: _, ...rest } = log;
  return rest;
}

function overlaid(state: TuiState, overlay: NonNullable<TuiState['overlay']>): TuiState {
  const bare = without(state, 'overlay');
  return state.overlay === overlay ? bare : { ...bare, overlay };
}

function toLog(state: TuiState): TuiState {
  return { ...without(state, 'overlay'), focus: 'log' };
}

function without(state: TuiState, key: 'overlay'): TuiState {
  const { [key]: _, ...rest } = state;
  return rest;
}

function neighbour(focus: PaneId, step: 1 | -1, { panes }: Scene): PaneId {
  if (panes.length === 0) return focus;
  const at = Math.max(0, panes.indexOf(focus));
  return panes[(at + step + panes.length) % panes.length] ?? focus;
}
