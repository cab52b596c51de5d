import { describe, expect, it } from 'vitest';
import {
  ADMISSION_SECONDS,
  GONE_AFTER_SECONDS,
  isKnockId,
  isWaiting,
  judgeKnock,
  type Knock,
  SEEN_EVERY_SECONDS,
  toKnockId,
  toKnockView,
  toWaitingResponse,
} from '../../../lib/rooms/domain/knock.ts';
import { catchFault } from '../../support/faults.ts';
import { NOW_MS, NOW_SECONDS, sessionIds } from '../../support/fixtures.ts';

const knock: Knock = {
  room: 'standup',
  knockId: toKnockId('ada'),
  sessionId: sessionIds.openTok,
  ...{ subject: 'ada', name: undefined },
  ...{ sinceMs: NOW_MS, seenAtSeconds: NOW_SECONDS },
  ...{ state: 'waiting', decidedAtSeconds: 0 },
};
const judge = (changed: Partial<Knock>, afterSeconds: number) =>
  judgeKnock({ ...knock, ...changed }, sessionIds.openTok, NOW_SECONDS + afterSeconds);
const decided = (state: Knock['state']) => ({ state, decidedAtSeconds: NOW_SECONDS });

describe('a poll', () => {
  it.each<[what: string, changed: Partial<Knock>, afterSeconds: number, judged: string]>([
    ['immediately after the last', {}, 0, 'waiting'],
    ['who was seen a moment ago', {}, SEEN_EVERY_SECONDS - 1, 'waiting'],
    ['who was not seen for a while', {}, SEEN_EVERY_SECONDS, 'seen'],
    ['who is there just in time', {}, GONE_AFTER_SECONDS, 'seen'],
    ['who had left', {}, GONE_AFTER_SECONDS + 1, 'new'],
    ['who is admitted', decided('admitted'), 0, 'admitted'],
    ['who comes in time', decided('admitted'), ADMISSION_SECONDS - 1, 'admitted'],
    ['who comes too late', decided('admitted'), ADMISSION_SECONDS, 'new'],
    ['with an admission in use', decided('joining'), 0, 'admitted'],
    ['with an expired admission in use', decided('joining'), ADMISSION_SECONDS, 'new'],
    ['who has joined before', decided('joined'), 0, 'new'],
    ['who knocked at another room of that name', { sessionId: 'x' }, 0, 'new'],
    [
      'who was denied another room of that name',
      { ...decided('denied'), sessionId: 'x' },
      0,
      'new',
    ],
  ])('%s (%j, %i s later) is: %s', (_what, changed, afterSeconds, judged) => {
    expect(judge(changed, afterSeconds)).toBe(judged);
  });

  it('is new who has never knocked', () => {
    expect(judgeKnock(undefined, sessionIds.openTok, NOW_SECONDS)).toBe('new');
  });

  it.each([0, ADMISSION_SECONDS, 366 * 86_400])('is denied for good, %i s later', async (later) => {
    expect(await catchFault(() => judge(decided('denied'), later))).toMatchObject({
      ...{ name: 'AdmissionDeniedError', message: 'A host has not let you in.' },
    });
  });

  it('is waiting as long as they ask, and no decision was made', () => {
    expect(isWaiting(knock, NOW_SECONDS + GONE_AFTER_SECONDS)).toBe(true);
    expect(isWaiting(knock, NOW_SECONDS + GONE_AFTER_SECONDS + 1)).toBe(false);
    for (const state of ['admitted', 'joining', 'joined', 'denied'] as const) {
      expect(isWaiting({ ...knock, ...decided(state) }, NOW_SECONDS)).toBe(false);
    }
  });

  it('has one id per subject', () => {
    expect(isKnockId(toKnockId('ada'))).toBe(true);
    expect(toKnockId('ada')).toBe(toKnockId('ada'));
    expect(toKnockId('ada')).not.toBe(toKnockId('bob'));
    for (const wrong of ['', 'ada', `${toKnockId('ada')}x`, 7])
      expect(isKnockId(wrong)).toBe(false);
  });
});

describe('the view of a waiting person', () => {
  it('to hosts is who they are and since when', () => {
    const { knockId } = knock;
    expect(toKnockView(knock)).toEqual({ knockId, sub: 'ada', name: null, since: NOW_SECONDS });
    expect(toKnockView({ ...knock, name: 'Ada' })).toMatchObject({ name: 'Ada' });
  });

  it('to themselves is to ask again', () => {
    expect(toWaitingResponse('k')).toEqual({ status: 'waiting', knock: 'k', pollAfterSeconds: 3 });
  });
});
